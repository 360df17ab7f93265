//! Which CPU a thread runs on.

use std::sync::OnceLock;
use std::thread::available_parallelism;

/// The one that this thread is on right now. Never `u32::MAX`.
pub fn current_cpu() -> u32 {
    // From the vDSO: no system call.
    rustix::thread::sched_getcpu() as u32
}

/// Whether two threads can run at the same time here, as far as this process may tell.
pub fn several_cpus() -> bool {
    static SEVERAL: OnceLock<bool> = OnceLock::new();
    *SEVERAL.get_or_init(|| available_parallelism().is_ok_and(|cpus| cpus.get() > 1))
}
