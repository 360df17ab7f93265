use rustix::event::kqueue;
use rustix::io::{fcntl_setfd, FdFlags, Result};
use std::os::fd::OwnedFd;

/// Close-on-exec: children do not inherit what it watches, but would its descriptor.
pub fn kqueue() -> Result<OwnedFd> {
    let kqueue = kqueue::kqueue()?;
    fcntl_setfd(&kqueue, FdFlags::CLOEXEC)?;
    Ok(kqueue)
}
