use crate::process::{ExitStatus, Usage};
use rustix::io::Errno;
use std::mem;
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
        self::signal(&self.fd, signal)
    }

    /// Reaps it if it has ended. Later calls fail with ECHILD.
    pub fn try_wait(&self) -> rustix::io::Result<Option<(ExitStatus, Usage)>> {
        // SAFETY: plain data, which the kernel fills; without a child that has ended it leaves the pid at 0.
        let (mut info, mut usage) = unsafe { (mem::zeroed::<libc::siginfo_t>(), mem::zeroed::<libc::rusage>()) };
        loop {
            // The system call, since libc's waitid has no rusage.
            // SAFETY: both are written by the kernel during the call.
            let result = unsafe {
                let options = libc::WEXITED | libc::WNOHANG;
                libc::syscall(libc::SYS_waitid, libc::P_PIDFD, self.fd.as_raw_fd(), &raw mut info, options, &raw mut usage)
            };
            if result == 0 {
                break;
            }
            match Errno::from_io_error(&std::io::Error::last_os_error()).unwrap_or(Errno::CHILD) {
                Errno::INTR => {}
                errno => return Err(errno),
            }
        }
        // SAFETY: of a wait, or all zero.
        let (pid, status) = unsafe { (info.si_pid(), info.si_status()) };
        if pid == 0 {
            return Ok(None);
        }
        let status = if info.si_code == libc::CLD_EXITED { ExitStatus::Code(status) } else { ExitStatus::Signal(status) };
        Ok(Some((status, Usage::from(&usage))))
    }
}

/// As [`Pidfd::signal`].
pub fn signal(pidfd: &OwnedFd, signal: i32) -> rustix::io::Result<()> {
    // SAFETY: no pointers but a null one (no siginfo).
    let result = unsafe { libc::syscall(libc::SYS_pidfd_send_signal, pidfd.as_raw_fd(), signal, std::ptr::null::<u8>(), 0) };
    if result == 0 {
        return Ok(());
    }
    Err(Errno::from_io_error(&std::io::Error::last_os_error()).unwrap_or(Errno::INVAL))
}

impl AsFd for Pidfd {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}
