//! What this machine, or the container that we are in, can bear: CPUs, memory, pressure. And what one process uses of it.

mod descriptors;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
mod threads;
mod verdict;

#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(target_os = "macos")]
use macos as platform;

pub use platform::{cpus, sample, Machine, OomKills};
pub use threads::are_left as has_threads;
pub use verdict::{may_start, Limits, Scarce};

use super::task::WorkerId;
use std::time::{Duration, Instant};

/// What is there now. None: it could not be found out, and limits nobody.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Snapshot {
    /// Bytes that may be used before somebody has to give some back.
    pub available: Option<u64>,
    /// Bytes in all.
    pub total: Option<u64>,
    /// 0 to 1: how much of the CPUs that we may use is in use, or waited for.
    pub cpu: Option<f64>,
    /// 0 to 1: the part of the last ten seconds in which somebody waited for memory.
    pub memory_pressure: Option<f64>,
}

/// Where the crew looks when it matters: reading it costs some system calls.
pub trait Surroundings {
    fn snapshot(&mut self, now: Instant) -> Snapshot;

    /// Whether this process has descriptors for one more worker.
    fn has_descriptors(&self) -> bool {
        descriptors::are_left()
    }

    /// Whether somebody is told of workers that come and go, and does not lag behind.
    fn has_listener(&self) -> bool {
        true
    }

    /// Whether a worker that should have said hello waits for threads that it does not get.
    fn wants_threads(&self, _worker: WorkerId) -> bool {
        false
    }

    /// Whether a worker's process would go on if it had a CPU. False where that is not known.
    fn wants_cpu(&self, _worker: WorkerId) -> bool {
        false
    }
}

/// What a process uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Use {
    /// Bytes resident.
    pub rss: u64,
    /// User and system time so far.
    pub cpu: Duration,
    /// It runs, or waits for a CPU and for nothing else. false where nobody tells.
    pub is_runnable: bool,
}
