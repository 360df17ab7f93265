//! The processes of this machine, for where they carry no mark.

use rustix::io::{Errno, Result};
use rustix::process::{pidfd_open, Pid, PidfdFlags};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

#[derive(Clone, Debug)]
pub struct Process {
    pub pid: i32,
    pub parent: i32,
    pub group: i32,
    /// In some unit; the same for as long as it lives.
    pub started: u64,
    pub command: String,
    pub is_zombie: bool,
    pub is_stopped: bool,
}

impl Process {
    pub fn of(pid: i32) -> Option<Process> {
        parse(&std::fs::read(format!("/proc/{pid}/stat")).ok()?)
    }
}

pub fn processes() -> Result<Vec<Process>> {
    let entries = std::fs::read_dir("/proc").map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO))?;
    let pids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    Ok(pids.filter_map(Process::of).collect())
}

/// proc_pid_stat(5).
fn parse(stat: &[u8]) -> Option<Process> {
    let text = String::from_utf8_lossy(stat);
    let (pid, rest) = text.split_once(" (")?;
    // The name may hold anything, also a ")".
    let (command, rest) = rest.rsplit_once(") ")?;
    let fields: Vec<&str> = rest.split(' ').collect();
    let number = |at: usize| fields.get(at)?.parse::<i64>().ok();
    let state = *fields.first()?;
    Some(Process {
        pid: pid.parse().ok()?,
        parent: number(1)? as i32,
        group: number(2)? as i32,
        started: number(19)? as u64,
        command: command.to_owned(),
        // One whose other threads go on is not recognised: a pidfd would tell, for each process.
        is_zombie: matches!(state, "Z" | "X"),
        is_stopped: matches!(state, "T" | "t"),
    })
}

/// Held so that no other can be mistaken for it.
pub struct HeldProcess(OwnedFd);

impl HeldProcess {
    pub fn new(process: &Process) -> Result<Self> {
        let held = pidfd_open(Pid::from_raw(process.pid).ok_or(Errno::SRCH)?, PidfdFlags::empty())?;
        // Looked at again now that it is held: the number may have changed hands.
        match Process::of(process.pid) {
            Some(now) if now.started == process.started => Ok(HeldProcess(held)),
            _ => Err(Errno::SRCH),
        }
    }

    pub fn signal(&self, signal: i32) -> Result<()> {
        super::pidfd::signal(&self.0, signal)
    }
}

impl AsFd for HeldProcess {
    /// Readable when it has ended.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
