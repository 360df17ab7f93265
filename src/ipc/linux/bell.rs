use rustix::event::{eventfd, EventfdFlags};
use rustix::fs::{fcntl_getfl, OFlags};
use rustix::io::{preadv2, write, Errno, IoSliceMut, ReadWriteFlags, Result};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// An eventfd that another process has as well: readable from `ring` to `clear`.
///
/// Both have the same file, and with it its flags: a peer may make it block. So it is read with a flag of the call's own, and its flags
/// are looked at before it is written to: this thread must not wait for anybody.
#[derive(Debug)]
pub struct Bell {
    eventfd: OwnedFd,
}

impl Bell {
    /// Fails where a read cannot be told not to wait, which is before Linux 5.8.
    pub fn create() -> Result<OwnedFd> {
        let bell = Bell { eventfd: eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)? };
        match bell.read() {
            Err(Errno::AGAIN) => Ok(bell.eventfd),
            Err(errno) => Err(errno),
            Ok(_) => Err(Errno::PROTO),
        }
    }

    /// Of one that this process was given. What is no eventfd does no harm: it never rings, or is always readable.
    pub fn new(eventfd: OwnedFd) -> Self {
        Bell { eventfd }
    }

    /// Fails where the peer has tampered with it.
    pub fn ring(&self) -> Result<()> {
        if !fcntl_getfl(&self.eventfd)?.contains(OFlags::NONBLOCK) {
            return Err(Errno::PROTO);
        }
        match write(&self.eventfd, &1u64.to_ne_bytes()) {
            // Full, and so readable already.
            Ok(_) | Err(Errno::AGAIN | Errno::INTR) => Ok(()),
            Err(errno) => Err(errno),
        }
    }

    pub fn clear(&self) -> Result<()> {
        match self.read() {
            Ok(_) | Err(Errno::AGAIN | Errno::INTR) => Ok(()),
            Err(errno) => Err(errno),
        }
    }

    fn read(&self) -> Result<usize> {
        let mut count = [0; 8];
        preadv2(&self.eventfd, &mut [IoSliceMut::new(&mut count)], u64::MAX, ReadWriteFlags::NOWAIT)
    }
}

impl AsFd for Bell {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.eventfd.as_fd()
    }
}
