//! Pseudo-terminals.

use rustix::fs::{Mode, OFlags};
use rustix::io::{fcntl_setfd, FdFlags, Result};
use rustix::pty::{grantpt, openpt, ptsname, unlockpt, OpenptFlags};
use rustix::termios::{tcsetwinsize, Winsize};
use std::os::fd::{AsFd, OwnedFd};

/// This process's end and the child's, both close-on-exec. Neither becomes this process's controlling terminal.
pub fn open(size: Winsize) -> Result<(OwnedFd, OwnedFd)> {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
    fcntl_setfd(&ours, FdFlags::CLOEXEC)?;
    grantpt(&ours)?;
    unlockpt(&ours)?;
    let name = ptsname(&ours, Vec::new())?;
    let theirs = rustix::fs::open(name, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty())?;
    // Only once the other end is open is there a terminal to have a size.
    tcsetwinsize(&ours, size)?;
    Ok((ours, theirs))
}

/// The programs behind it get SIGWINCH.
pub fn resize(ours: impl AsFd, size: Winsize) -> Result<()> {
    tcsetwinsize(ours, size)
}

pub fn size(columns: u16, rows: u16) -> Winsize {
    Winsize { ws_col: columns, ws_row: rows, ws_xpixel: 0, ws_ypixel: 0 }
}
