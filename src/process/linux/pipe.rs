use rustix::io::Result;
use rustix::pipe::{fcntl_setpipe_size, pipe_with, PipeFlags};
use std::os::fd::{AsFd, OwnedFd};

/// The reading and the writing end of a new pipe, close-on-exec and blocking.
pub fn pipe() -> Result<(OwnedFd, OwnedFd)> {
    pipe_with(PipeFlags::CLOEXEC)
}

/// How much it holds. EPERM where the user's share of memory for pipes is used up.
pub fn set_pipe_size(pipe: impl AsFd, bytes: usize) -> Result<()> {
    fcntl_setpipe_size(pipe, bytes).map(|_| ())
}
