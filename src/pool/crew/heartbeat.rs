//! Whether a worker's event loop turns.

use super::worker::Sample;
use std::time::{Duration, Instant};

#[derive(Clone, Copy, Debug, Default)]
pub struct Heartbeat {
    beats: u32,
    looked: Option<Instant>,
    cpu: Duration,
    /// How long it has not beaten while somebody looked.
    silent: Duration,
}

impl Heartbeat {
    /// `every`: how often somebody looks. Of a longer time without a look no more than twice that counts: a machine that was suspended, or a
    /// parent that was stopped, did not see its workers either, and they may have been stopped as well. Of a worker that could run only the
    /// time counts in which it did: on a machine with too much to do nobody's event loop turns as it should.
    pub fn seen(&mut self, sample: &Sample, every: Duration, now: Instant) {
        let Some(beats) = sample.beats else { return };
        let since = self.looked.map_or(Duration::ZERO, |looked| now.saturating_duration_since(looked)).min(every * 2);
        let used = sample.cpu.saturating_sub(self.cpu);
        let counts = if sample.is_runnable { since.min(used) } else { since };
        self.silent = if beats == self.beats { self.silent + counts } else { Duration::ZERO };
        (self.beats, self.cpu, self.looked) = (beats, sample.cpu, Some(now));
    }

    pub fn is_silent_for(&self, timeout: Duration) -> bool {
        self.silent >= timeout
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVERY: Duration = Duration::from_millis(100);

    fn sleeping(beats: u32) -> Sample {
        Sample { beats: Some(beats), ..Sample::default() }
    }

    #[test]
    fn silence_adds_up_and_a_beat_ends_it() {
        let (start, mut heart) = (Instant::now(), Heartbeat::default());
        for look in 0..=10u32 {
            heart.seen(&sleeping(5), EVERY, start + EVERY * look);
        }
        assert!(heart.is_silent_for(Duration::from_secs(1)));
        heart.seen(&sleeping(6), EVERY, start + EVERY * 11);
        assert!(!heart.is_silent_for(Duration::from_millis(1)));
    }

    #[test]
    fn a_time_in_which_nobody_looked_is_not_held_against_it() {
        let (start, mut heart) = (Instant::now(), Heartbeat::default());
        heart.seen(&sleeping(5), EVERY, start);
        heart.seen(&sleeping(5), EVERY, start + Duration::from_secs(3600));
        assert!(!heart.is_silent_for(Duration::from_millis(201)));
    }

    #[test]
    fn of_one_that_has_no_cpu_only_the_time_counts_in_which_it_ran() {
        let (start, mut heart) = (Instant::now(), Heartbeat::default());
        for look in 0..=40u32 {
            let sample = Sample { is_runnable: true, cpu: Duration::from_millis(10) * look, ..sleeping(5) };
            heart.seen(&sample, EVERY, start + EVERY * look);
        }
        assert!(heart.is_silent_for(Duration::from_millis(400)) && !heart.is_silent_for(Duration::from_millis(401)));
    }
}
