//! Pseudo-terminals.

use rustix::fs::OFlags;
use rustix::io::{Errno, Result};
use rustix::pty::{grantpt, ioctl_tiocgptpeer, openpt, unlockpt, OpenptFlags};
use rustix::termios::{tcsetwinsize, Winsize};
use std::os::fd::{AsFd, OwnedFd};

/// This process's end and the child's, both close-on-exec. Neither becomes this process's controlling terminal.
pub fn open(size: Winsize) -> Result<(OwnedFd, OwnedFd)> {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
    grantpt(&ours)?;
    unlockpt(&ours)?;
    let theirs = peer(&ours)?;
    tcsetwinsize(&ours, size)?;
    Ok((ours, theirs))
}

/// By descriptor rather than by name: /dev/pts may be another one in here, or none.
fn peer(ours: &OwnedFd) -> Result<OwnedFd> {
    match ioctl_tiocgptpeer(ours, OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC) {
        // Before Linux 4.13, and in emulators.
        Err(Errno::NOTTY | Errno::INVAL) => {
            let name = rustix::pty::ptsname(ours, Vec::new())?;
            rustix::fs::open(name, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, rustix::fs::Mode::empty())
        }
        result => result,
    }
}

/// The programs behind it get SIGWINCH.
pub fn resize(ours: impl AsFd, size: Winsize) -> Result<()> {
    tcsetwinsize(ours, size)
}

pub fn size(columns: u16, rows: u16) -> Winsize {
    Winsize { ws_col: columns, ws_row: rows, ws_xpixel: 0, ws_ypixel: 0 }
}
