//! When to hand over exits, so that an application which starts the next child on every exit does not starve its own timers.
//!
//! A hundred children that each live for half a millisecond keep every CPU busy, and the thread that waits for them is one of a
//! hundred that want to run: it comes late to everything. More of them at once than keeps the CPUs busy gains nothing. So while
//! enough of the children that exit handlers started are still young, further exits wait in line, and not at all for those who do not
//! start children from exit handlers.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// As long as a short-lived child lives: older ones are not what fills the CPUs.
const YOUNG: Duration = Duration::from_millis(5);
/// No exit waits longer than that. The line moves on with every young child that ends or comes of age, so it is not the rule: with
/// a hundred always in flight and 3,000 a second, each of them waits its 30 ms for a CPU, here or there.
const LONGEST_WAIT: Duration = Duration::from_millis(100);

pub struct Pace {
    window: usize,
    young: VecDeque<(u32, Instant)>,
    ended: VecDeque<(u32, Instant)>,
}

impl Pace {
    /// `window`: how many young children are enough.
    pub fn new(window: usize) -> Self {
        Pace { window, young: VecDeque::new(), ended: VecDeque::new() }
    }

    /// An exit handler started this child.
    pub fn started(&mut self, id: u32, now: Instant) {
        self.young.push_back((id, now));
    }

    /// This child's end has been noticed.
    pub fn ended(&mut self, id: u32, now: Instant) {
        self.young.retain(|(young, _)| *young != id);
        self.ended.push_back((id, now));
    }

    /// Whether an exit waits to be handed over.
    pub fn is_waiting(&self) -> bool {
        !self.ended.is_empty()
    }

    /// The exit to hand over now, if any.
    pub fn next(&mut self, now: Instant) -> Option<u32> {
        while self.young.front().is_some_and(|(_, since)| now.duration_since(*since) >= YOUNG) {
            self.young.pop_front();
        }
        let (_, since) = self.ended.front()?;
        if self.young.len() < self.window || now.duration_since(*since) >= LONGEST_WAIT {
            return self.ended.pop_front().map(|(id, _)| id);
        }
        None
    }

    /// How long to wait before asking again, unless something happens before; `None`: nothing is waiting.
    pub fn wait(&self, now: Instant) -> Option<Duration> {
        let (_, since) = self.ended.front()?;
        if self.young.len() < self.window {
            return Some(Duration::ZERO);
        }
        let of_age = self.young.front().map_or(now, |(_, since)| *since + YOUNG);
        Some(of_age.min(*since + LONGEST_WAIT).saturating_duration_since(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(start: Instant, milliseconds: u64) -> Instant {
        start + Duration::from_millis(milliseconds)
    }

    #[test]
    fn exits_are_handed_over_at_once_when_their_handlers_start_nothing() {
        let now = Instant::now();
        let mut pace = Pace::new(1);
        for id in 0..100 {
            pace.ended(id, now);
        }
        assert_eq!(std::iter::from_fn(|| pace.next(now)).collect::<Vec<_>>(), (0..100).collect::<Vec<_>>());
        assert_eq!(pace.wait(now), None);
    }

    #[test]
    fn exits_wait_while_enough_children_of_exit_handlers_are_young() {
        let now = Instant::now();
        let mut pace = Pace::new(2);
        pace.started(1, now);
        pace.started(2, now);
        pace.ended(7, now);
        assert_eq!(pace.next(now), None);
        pace.ended(1, now);
        assert_eq!(pace.next(now), Some(7));
        assert_eq!(pace.next(now), Some(1));
    }

    #[test]
    fn a_child_that_lives_on_holds_nobody_up() {
        let now = Instant::now();
        let mut pace = Pace::new(1);
        pace.started(1, now);
        pace.ended(7, after(now, 2));
        assert_eq!(pace.wait(after(now, 2)), Some(Duration::from_millis(3)));
        assert_eq!(pace.next(after(now, 5)), Some(7));
    }

    #[test]
    fn no_exit_waits_for_ever() {
        let now = Instant::now();
        let mut pace = Pace::new(1);
        pace.ended(7, now);
        for millisecond in 0..100 {
            pace.started(millisecond, after(now, millisecond.into()));
            assert_eq!(pace.next(after(now, millisecond.into())), None);
        }
        assert_eq!(pace.next(after(now, 100)), Some(7));
    }
}
