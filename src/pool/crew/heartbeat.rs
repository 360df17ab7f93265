//! Whether a worker's event loop turns.

use std::time::{Duration, Instant};

#[derive(Clone, Copy, Debug, Default)]
pub struct Heartbeat {
    beats: u32,
    looked: Option<Instant>,
    /// How long it has not beaten while somebody looked.
    silent: Duration,
}

impl Heartbeat {
    /// `every`: how often somebody looks. Of a longer time without a look no more than twice that counts: a machine that was suspended, or a
    /// parent that was stopped, did not see its workers either, and they may have been stopped as well.
    pub fn seen(&mut self, beats: u32, every: Duration, now: Instant) {
        let since = self.looked.map_or(Duration::ZERO, |looked| now.saturating_duration_since(looked));
        self.silent = if beats == self.beats { self.silent + since.min(every * 2) } else { Duration::ZERO };
        self.beats = beats;
        self.looked = Some(now);
    }

    pub fn is_silent_for(&self, timeout: Duration) -> bool {
        self.silent >= timeout
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVERY: Duration = Duration::from_millis(100);

    #[test]
    fn silence_adds_up_and_a_beat_ends_it() {
        let (start, mut heart) = (Instant::now(), Heartbeat::default());
        for look in 0..=10u32 {
            heart.seen(5, EVERY, start + EVERY * look);
        }
        assert!(heart.is_silent_for(Duration::from_secs(1)));
        heart.seen(6, EVERY, start + EVERY * 11);
        assert!(!heart.is_silent_for(Duration::from_millis(1)));
    }

    #[test]
    fn a_time_in_which_nobody_looked_is_not_held_against_it() {
        let (start, mut heart) = (Instant::now(), Heartbeat::default());
        heart.seen(5, EVERY, start);
        heart.seen(5, EVERY, start + Duration::from_secs(3600));
        assert!(!heart.is_silent_for(Duration::from_millis(201)));
    }
}
