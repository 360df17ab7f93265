use rustix::fs::{fcntl_getfl, fcntl_setfl, OFlags};
use rustix::io::{fcntl_setfd, read, write, FdFlags, Result};
use rustix::pipe::pipe;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// A descriptor that is readable from `wake` to `clear`.
#[derive(Debug)]
pub struct WakeUp {
    reader: OwnedFd,
    writer: OwnedFd,
}

impl WakeUp {
    pub fn new() -> Result<Self> {
        let (reader, writer) = pipe()?;
        for end in [&reader, &writer] {
            fcntl_setfd(end, FdFlags::CLOEXEC)?;
            fcntl_setfl(end, fcntl_getfl(end)? | OFlags::NONBLOCK)?;
        }
        Ok(WakeUp { reader, writer })
    }

    pub fn wake(&self) {
        // Fails only where it is full, and so readable already.
        let _already_awake = write(&self.writer, &[1]);
    }

    pub fn clear(&self) {
        let mut bytes = [0; 64];
        while matches!(read(&self.reader, &mut bytes[..]), Ok(64)) {}
    }
}

impl AsFd for WakeUp {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.reader.as_fd()
    }
}
