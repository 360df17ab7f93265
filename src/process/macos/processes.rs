//! The processes of this machine.

use super::queue::kqueue;
use rustix::event::kqueue::{kevent, Event, EventFilter, EventFlags, ProcessEvents};
use rustix::io::{Errno, Result};
use rustix::process::Pid;
use std::ffi::CStr;
use std::mem::{size_of, MaybeUninit};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::ptr;

#[derive(Clone, Debug)]
pub struct Process {
    pub pid: i32,
    pub parent: i32,
    pub group: i32,
    /// In microseconds; the same for as long as it lives.
    pub started: u64,
    pub command: String,
    pub is_zombie: bool,
    pub is_stopped: bool,
}

impl Process {
    /// `None` also for a zombie, of which the kernel tells nothing here.
    pub fn of(pid: i32) -> Option<Process> {
        let mut info = MaybeUninit::<libc::proc_bsdinfo>::zeroed();
        let size = size_of::<libc::proc_bsdinfo>() as i32;
        // SAFETY: the kernel writes at most `size` bytes, and all of them when it says so.
        let info = unsafe {
            if libc::proc_pidinfo(pid, libc::PROC_PIDTBSDINFO, 0, info.as_mut_ptr().cast(), size) != size {
                return None;
            }
            info.assume_init()
        };
        // SAFETY: as many bytes as the field has.
        let name = unsafe { std::slice::from_raw_parts(info.pbi_comm.as_ptr().cast::<u8>(), info.pbi_comm.len()) };
        let command = CStr::from_bytes_until_nul(name).map_or_else(|_| String::from_utf8_lossy(name), CStr::to_string_lossy);
        Some(Process {
            pid,
            parent: info.pbi_ppid as i32,
            group: info.pbi_pgid as i32,
            started: info.pbi_start_tvsec * 1_000_000 + info.pbi_start_tvusec,
            command: command.into_owned(),
            is_zombie: info.pbi_status == libc::SZOMB,
            is_stopped: info.pbi_status == libc::SSTOP,
        })
    }
}

pub fn processes() -> Result<Vec<Process>> {
    // With room for what is started between the two calls.
    let mut pids = vec![0i32; pids_into(&mut [])? + 64];
    let count = pids_into(&mut pids)?;
    Ok(pids.into_iter().take(count).filter_map(Process::of).collect())
}

/// How many there are, or were written.
fn pids_into(pids: &mut [i32]) -> Result<usize> {
    let buffer = if pids.is_empty() { ptr::null_mut() } else { pids.as_mut_ptr().cast() };
    // SAFETY: as many bytes as the slice has; without a buffer it only counts.
    let count = unsafe { libc::proc_listallpids(buffer, size_of_val(pids) as i32) };
    if count < 0 {
        return Err(last_errno());
    }
    Ok(count as usize)
}

/// A process, and a kqueue that sees its exit.
pub struct HeldProcess {
    pid: i32,
    started: u64,
    exit: OwnedFd,
}

impl HeldProcess {
    pub fn new(process: &Process) -> Result<Self> {
        let exit = kqueue()?;
        let held = HeldProcess { pid: process.pid, started: process.started, exit };
        let pid = Pid::from_raw(process.pid).ok_or(Errno::SRCH)?;
        let filter = EventFilter::Proc { pid, flags: ProcessEvents::EXIT };
        let mut none: [Event; 0] = [];
        // SAFETY: about a process: no descriptor that would have to stay open.
        unsafe { kevent(&held.exit, &[Event::new(filter, EventFlags::ADD, ptr::null_mut())], &mut none[..], None) }?;
        held.check()?;
        Ok(held)
    }

    /// Nothing holds a number here: looked at as late as can be, whether it is still the same process.
    fn check(&self) -> Result<()> {
        match Process::of(self.pid) {
            Some(now) if now.started == self.started => Ok(()),
            _ => Err(Errno::SRCH),
        }
    }

    pub fn signal(&self, signal: i32) -> Result<()> {
        self.check()?;
        // SAFETY: numbers only.
        if unsafe { libc::kill(self.pid, signal) } == 0 {
            return Ok(());
        }
        Err(last_errno())
    }
}

fn last_errno() -> Errno {
    Errno::from_io_error(&std::io::Error::last_os_error()).unwrap_or(Errno::INVAL)
}

impl AsFd for HeldProcess {
    /// Readable when it has ended.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.exit.as_fd()
    }
}
