use rustix::io::{read, Result};
use rustix::time::{timerfd_create, timerfd_settime, Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

/// Readable from the time that it was set to, until it is cleared.
#[derive(Debug)]
pub struct Timer {
    timerfd: OwnedFd,
}

impl Timer {
    pub fn new() -> Result<Self> {
        Ok(Timer { timerfd: timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK)? })
    }

    /// In place of what it was set to.
    pub fn set(&self, delay: Duration) -> Result<()> {
        // Zero would stop it.
        let delay = delay.max(Duration::from_nanos(1));
        let value = Timespec { tv_sec: delay.as_secs() as i64, tv_nsec: delay.subsec_nanos().into() };
        let once = Itimerspec { it_interval: Timespec { tv_sec: 0, tv_nsec: 0 }, it_value: value };
        timerfd_settime(&self.timerfd, TimerfdTimerFlags::empty(), &once).map(drop)
    }

    pub fn clear(&self) {
        // Fails only where it is not readable.
        let _not_due = read(&self.timerfd, &mut [0; 8]);
    }
}

impl AsFd for Timer {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.timerfd.as_fd()
    }
}
