//! How long a worker is to live.

use super::action::Why;
use super::random::Random;
use crate::pool::settings::Settings;
use std::time::{Duration, Instant};

/// What a worker may do, drawn when it begins: workers that begin together must not end together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Life {
    /// Tasks in all.
    pub quota: u64,
    memory: u64,
    until: Option<Instant>,
}

impl Default for Life {
    fn default() -> Self {
        Life { quota: u64::MAX, memory: u64::MAX, until: None }
    }
}

impl Life {
    pub fn new(settings: &Settings, random: &mut Random, now: Instant) -> Self {
        let mut share = || random.below_one(settings.recycle_jitter);
        // Rounded up: a quota of one stays one, and of two is never none.
        let tasks = settings.max_tasks_per_worker.map(|most| (most.max(1) as f64 * share()).ceil() as u64);
        let memory = settings.max_memory_per_worker.map(|most| (most as f64 * share()) as u64);
        let until = settings.max_worker_lifetime.and_then(|most| now.checked_add(most.mul_f64(share())));
        Life { quota: if settings.isolate { 1 } else { tasks.unwrap_or(u64::MAX) }, memory: memory.unwrap_or(u64::MAX), until }
    }

    /// It should go as soon as there is another one in its place.
    pub fn is_over(&self, rss: u64, now: Instant) -> Option<Why> {
        if self.until.is_some_and(|until| until <= now) {
            Some(Why::Lifetime)
        } else if rss > self.memory {
            Some(Why::Memory)
        } else {
            None
        }
    }

    /// With the last eighth of its tasks before it, another one may be started in its place.
    pub fn ends_soon(&self, given: u64) -> bool {
        self.quota != u64::MAX && self.quota > 1 && given >= self.quota - self.quota.div_ceil(8)
    }

    pub fn until(&self) -> Option<Instant> {
        self.until
    }
}

/// So many of `open` workers may be on their way to being replaced at the same time.
pub fn at_once(open: usize) -> usize {
    (open / 4).max(1)
}

/// So often memory is looked at.
pub const LOOK: Duration = Duration::from_secs(1);
