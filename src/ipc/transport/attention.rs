//! Whether it is worth while to look on for the next message instead of going to sleep.
//!
//! To sleep and to be woken takes some 25 microseconds, and the peer a system call; one that is at work answers within a few. So one looks on
//! for as long as it mostly took until something came, and not at all where that was long: who gets a message now and then would only burn a CPU.

use std::time::{Duration, Instant};

/// How long to look on at most.
const MOST: Duration = Duration::from_micros(50);
/// The same between a pool and its workers: tasks go in heaps, and their answers come back in heaps.
const MOST_IN_POOL: Duration = Duration::from_micros(150);
/// What comes later than was expected, comes this much later.
const SLACK: Duration = Duration::from_micros(20);
/// Between two looks lies a microsecond, or whatever somebody else does with this CPU.
const INTERRUPTION: Duration = Duration::from_micros(50);

#[derive(Debug)]
pub struct Attention {
    most: Duration,
    /// How long it mostly took until something came.
    expected: Duration,
    /// When this end began to wait, and when it looked last.
    since: Option<Instant>,
    looked: Option<Instant>,
}

impl Default for Attention {
    fn default() -> Self {
        Attention { most: MOST, expected: MOST * 2, since: None, looked: None }
    }
}

impl Attention {
    /// Between a pool and its workers.
    pub fn be_patient(&mut self) {
        self.most = MOST_IN_POOL;
    }

    /// Something came.
    pub fn came(&mut self, now: Instant) {
        self.looked = None;
        if let Some(since) = self.since.take() {
            // One that was late is not to be remembered for long.
            let waited = now.duration_since(since).min(self.most * 2);
            self.expected = (self.expected * 3 + waited) / 4;
        }
    }

    /// Nothing has come yet.
    pub fn is_worth_it(&mut self, now: Instant) -> bool {
        let since = *self.since.get_or_insert(now);
        let looked = self.looked.replace(now).unwrap_or(now);
        let is_interrupted = now.duration_since(looked) >= INTERRUPTION;
        let patience = (self.expected * 2 + SLACK).min(self.most);
        !is_interrupted && self.expected <= self.most && now.duration_since(since) < patience
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn us(count: u64) -> Duration {
        Duration::from_micros(count)
    }

    /// Waits, looking every microsecond, until something comes. How long it was looked on.
    fn wait(attention: &mut Attention, now: &mut Instant, until: Duration) -> Duration {
        let begin = *now;
        while *now < begin + until && attention.is_worth_it(*now) {
            *now += us(1);
        }
        let looked = *now - begin;
        *now = begin + until;
        attention.came(*now);
        looked
    }

    #[test]
    fn one_looks_on_for_what_comes_soon_and_not_for_what_does_not() {
        let (mut attention, mut now) = (Attention::default(), Instant::now());
        assert_eq!(wait(&mut attention, &mut now, us(10)), us(0), "nothing is known");
        (0..30).for_each(|_| _ = wait(&mut attention, &mut now, us(10)));
        assert_eq!(wait(&mut attention, &mut now, us(10)), us(10));
        let looked = wait(&mut attention, &mut now, us(5_000));
        assert!(looked > us(30) && looked <= MOST, "{looked:?}");
        assert_eq!(wait(&mut attention, &mut now, us(10)), us(10), "one that was late says nothing of the next");
        (0..30).for_each(|_| _ = wait(&mut attention, &mut now, us(100)));
        assert_eq!(wait(&mut attention, &mut now, us(100)), us(0), "it would burn a CPU for who gets a message now and then");
        attention.be_patient();
        assert_eq!(wait(&mut attention, &mut now, us(100)), us(100));
    }

    #[test]
    fn one_does_not_look_on_where_somebody_else_wants_the_cpu() {
        let (mut attention, mut now) = (Attention::default(), Instant::now());
        attention.be_patient();
        (0..30).for_each(|_| _ = wait(&mut attention, &mut now, us(60)));
        assert!(attention.is_worth_it(now) && attention.is_worth_it(now + us(1)));
        assert!(!attention.is_worth_it(now + us(1) + INTERRUPTION));
    }
}
