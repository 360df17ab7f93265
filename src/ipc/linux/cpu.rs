/// The CPU that this thread is on right now. Never `u32::MAX`.
pub fn current_cpu() -> u32 {
    // From the vDSO: no system call.
    rustix::thread::sched_getcpu() as u32
}
