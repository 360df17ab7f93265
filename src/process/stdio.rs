//! From what the child is to get as its descriptors to what is open for it.

use super::socket;
use crate::command::Stdio;
use rustix::io::Result;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};

/// The child's descriptors before it is started.
pub(super) struct Opened {
    /// Entry i becomes descriptor i: a descriptor of this process, or -1.
    pub fds: Vec<i32>,
    /// This process's end of every pipe, in order.
    pub ours: Vec<OwnedFd>,
    /// The child's end of every pipe; closed here once there is a child.
    pub theirs: Vec<OwnedFd>,
}

pub(super) fn open(plan: &[Stdio]) -> Result<Opened> {
    let mut opened = Opened { fds: Vec::with_capacity(plan.len()), ours: Vec::new(), theirs: Vec::new() };
    for stdio in plan {
        let fd = match *stdio {
            Stdio::Ignore => -1,
            Stdio::Inherit(fd) => fd,
            Stdio::Pipe => {
                let (ours, theirs) = socket::pair()?;
                let fd = theirs.as_raw_fd();
                opened.ours.push(ours);
                opened.theirs.push(theirs);
                fd
            }
        };
        opened.fds.push(fd);
    }
    // No program is to start without the three: what it opens first would become its stderr.
    opened.fds.resize(opened.fds.len().max(3), -1);
    Ok(opened)
}

/// A descriptor that is not open is EBADF at once.
pub(super) fn check_inherited(plan: &[Stdio]) -> Result<()> {
    for stdio in plan {
        if let Stdio::Inherit(fd) = *stdio {
            // SAFETY: only asked about; it need not be open.
            rustix::io::fcntl_getfd(unsafe { BorrowedFd::borrow_raw(fd) })?;
        }
    }
    Ok(())
}
