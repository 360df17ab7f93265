use rustix::event::{eventfd, EventfdFlags};
use rustix::io::{read, write, Result};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// A descriptor that is readable from `wake` to `clear`.
#[derive(Debug)]
pub struct WakeUp {
    eventfd: OwnedFd,
}

impl WakeUp {
    pub fn new() -> Result<Self> {
        Ok(WakeUp { eventfd: eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)? })
    }

    pub fn wake(&self) {
        // Fails only where it is readable already.
        let _already_awake = write(&self.eventfd, &1u64.to_ne_bytes());
    }

    pub fn clear(&self) {
        let mut count = [0; 8];
        // Fails only where it is not readable.
        let _already_clear = read(&self.eventfd, &mut count[..]);
    }
}

impl AsFd for WakeUp {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.eventfd.as_fd()
    }
}
