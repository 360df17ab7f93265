use rustix::io::{fcntl_setfd, Errno, FdFlags, Result};
use std::os::fd::{AsFd, OwnedFd};

/// The reading and the writing end of a new pipe, close-on-exec and blocking. Close-on-exec not from the start, since the kernel cannot,
/// but every child that libuv or this crate starts gets the descriptors it was meant to get and no others.
pub fn pipe() -> Result<(OwnedFd, OwnedFd)> {
    let (reader, writer) = rustix::pipe::pipe()?;
    for end in [&reader, &writer] {
        fcntl_setfd(end, FdFlags::CLOEXEC)?;
    }
    Ok((reader, writer))
}

/// How much it holds, which the kernel alone decides here.
pub fn set_pipe_size(_pipe: impl AsFd, _bytes: usize) -> Result<()> {
    Err(Errno::NOSYS)
}
