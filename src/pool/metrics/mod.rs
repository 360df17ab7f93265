//! What a pool has done so far, and how it is now.

mod histogram;
mod stats;

pub use histogram::Times;
pub use stats::{stats, Seen};

use super::dispatch::{Ended, What};
use std::collections::BTreeMap;
use std::time::Duration;

/// Counters only rise; what is there now is asked of others.
#[derive(Debug, Default)]
pub struct Metrics {
    /// From submission to the start, and from the start to the answer, of tasks that were answered.
    pub waits: Times,
    pub runs: Times,
    /// From the start of a process to the end of its setup.
    pub starts: Times,
    /// Tasks that were taken, and those that the full queue refused.
    pub accepted: u64,
    pub refused: u64,
    /// Answers: results, and errors that tasks have thrown.
    pub completed: u64,
    pub failed: u64,
    /// Answers to tasks that were given up before.
    pub late: u64,
    /// Times that a task was begun again behind the death of its worker.
    pub retried: u64,
    /// Tasks without an answer of a worker's.
    pub ended: BTreeMap<&'static str, u64>,
}

impl Metrics {
    /// `failed`: the task has thrown.
    pub fn answered(&mut self, waited: Duration, ran: Duration, attempts: u32, failed: bool) {
        self.waits.record(waited);
        self.runs.record(ran);
        self.retried += u64::from(attempts.saturating_sub(1));
        if failed {
            self.failed += 1;
        } else {
            self.completed += 1;
        }
    }

    pub fn ended(&mut self, ended: &Ended) {
        self.retried += u64::from(ended.attempts.saturating_sub(1));
        self.count(ended.what);
    }

    fn count(&mut self, what: What) {
        *self.ended.entry(what.name()).or_default() += 1;
    }
}
