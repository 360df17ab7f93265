use crate::process::ExitStatus;
use rustix::io::Errno;
use rustix::process::{waitid, WaitId, WaitIdOptions};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

/// A child held by its pidfd, from clone to reap: nothing done through it can hit another process that got its pid.
#[derive(Debug)]
pub struct Pidfd {
    pid: i32,
    fd: OwnedFd,
}

impl Pidfd {
    pub(super) fn new(pid: i32, fd: OwnedFd) -> Self {
        Pidfd { pid, fd }
    }

    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// Signal 0 only asks whether the process is there. A number, since rustix knows no signal 0.
    pub fn signal(&self, signal: i32) -> rustix::io::Result<()> {
        // SAFETY: no pointers but a null one (no siginfo).
        let result = unsafe { libc::syscall(libc::SYS_pidfd_send_signal, self.fd.as_raw_fd(), signal, std::ptr::null::<u8>(), 0) };
        if result == 0 {
            return Ok(());
        }
        Err(Errno::from_io_error(&std::io::Error::last_os_error()).unwrap_or(Errno::INVAL))
    }

    /// Reaps it if it has ended. Later calls fail with ECHILD.
    pub fn try_wait(&self) -> rustix::io::Result<Option<ExitStatus>> {
        let status = loop {
            match waitid(WaitId::PidFd(self.fd.as_fd()), WaitIdOptions::EXITED | WaitIdOptions::NOHANG) {
                Err(Errno::INTR) => {}
                result => break result?,
            }
        };
        Ok(status.map(|status| match status.exit_status() {
            Some(code) => ExitStatus::Code(code),
            None => ExitStatus::Signal(status.terminating_signal().unwrap_or(0)),
        }))
    }
}

impl AsFd for Pidfd {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}
