use super::queue::kqueue;
use crate::process::{ExitStatus, Usage};
use rustix::event::kqueue::{kevent, Event, EventFilter, EventFlags, ProcessEvents, UserDefinedFlags, UserFlags};
use rustix::io::{Errno, Result};
use rustix::process::{Pid, WaitOptions};
use std::cell::Cell;
use std::mem;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::ptr;
use std::time::Duration;

/// A child held by its number, which stays its own until it is waited for here, and by a kqueue of its own that sees its exit: a
/// descriptor that can be watched like a pidfd.
#[derive(Debug)]
pub struct ProcessHandle {
    pid: Pid,
    exit: OwnedFd,
    reaped: Cell<bool>,
}

impl ProcessHandle {
    /// Made before the child, so that little is left to fail once there is one.
    pub(super) fn exit_queue() -> Result<OwnedFd> {
        kqueue()
    }

    /// Holds a child that was not waited for yet. If it cannot be watched, it is ended.
    pub(super) fn new(pid: Pid, exit: OwnedFd) -> Result<Self> {
        let handle = ProcessHandle { pid, exit, reaped: Cell::new(false) };
        match handle.watch_exit() {
            Ok(()) => Ok(handle),
            Err(errno) => {
                handle.signal(libc::SIGKILL)?;
                handle.wait(WaitOptions::empty())?;
                Err(errno)
            }
        }
    }

    fn watch_exit(&self) -> Result<()> {
        let exit = EventFilter::Proc { pid: self.pid, flags: ProcessEvents::EXIT };
        match self.change(exit, EventFlags::ADD) {
            // It has exited already, and no event would come: one of our own stands in for it.
            Err(Errno::SRCH) => {
                self.change(own_event(UserFlags::NOINPUT), EventFlags::ADD)?;
                self.change(own_event(UserFlags::TRIGGER), EventFlags::empty())
            }
            result => result,
        }
    }

    fn change(&self, filter: EventFilter, flags: EventFlags) -> Result<()> {
        let mut none: [Event; 0] = [];
        // SAFETY: about a process, or about nothing but the queue itself: no descriptor that would have to stay open.
        unsafe { kevent(&self.exit, &[Event::new(filter, flags, ptr::null_mut())], &mut none[..], None) }.map(|_| ())
    }

    pub fn pid(&self) -> i32 {
        self.pid.as_raw_nonzero().get()
    }

    /// Signal 0 only asks whether the process is there. A zombie is ESRCH here, as it is for libuv.
    pub fn signal(&self, signal: i32) -> Result<()> {
        if self.reaped.get() {
            return Err(Errno::SRCH);
        }
        // SAFETY: numbers only.
        if unsafe { libc::kill(self.pid(), signal) } == 0 {
            return Ok(());
        }
        Err(Errno::from_io_error(&std::io::Error::last_os_error()).unwrap_or(Errno::INVAL))
    }

    /// Reaps it if it has ended. Later calls fail with ECHILD.
    pub fn try_wait(&self) -> Result<Option<(ExitStatus, Usage)>> {
        if self.reaped.get() {
            return Err(Errno::CHILD);
        }
        // The kernel tells of the exit a moment before there is a zombie to wait for: then a short wait is certain to end.
        self.wait(if self.has_exited()? { WaitOptions::empty() } else { WaitOptions::NOHANG })
    }

    fn wait(&self, options: WaitOptions) -> Result<Option<(ExitStatus, Usage)>> {
        let mut status = 0;
        // SAFETY: plain data, which the kernel fills.
        let mut usage: libc::rusage = unsafe { mem::zeroed() };
        let pid = loop {
            // SAFETY: both are written during the call.
            let pid = unsafe { libc::wait4(self.pid(), &raw mut status, options.bits() as i32, &raw mut usage) };
            if pid >= 0 {
                break pid;
            }
            match Errno::from_io_error(&std::io::Error::last_os_error()).unwrap_or(Errno::CHILD) {
                Errno::INTR => {}
                errno => return Err(errno),
            }
        };
        if pid == 0 {
            return Ok(None);
        }
        self.reaped.set(true);
        let status =
            if libc::WIFEXITED(status) { ExitStatus::Code(libc::WEXITSTATUS(status)) } else { ExitStatus::Signal(libc::WTERMSIG(status)) };
        Ok(Some((status, Usage::from(&usage))))
    }

    fn has_exited(&self) -> Result<bool> {
        let mut events = Vec::with_capacity(1);
        // SAFETY: nothing is changed.
        unsafe { kevent(&self.exit, &[], rustix::buffer::spare_capacity(&mut events), Some(Duration::ZERO))? };
        Ok(!events.is_empty())
    }
}

fn own_event(flags: UserFlags) -> EventFilter {
    EventFilter::User { ident: 0, flags, user_flags: UserDefinedFlags::new(0) }
}

impl AsFd for ProcessHandle {
    /// Readable when it has exited.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.exit.as_fd()
    }
}
