//! Processes that are looked at from outside, and this program again as one of them.

use super::support::{await_readable, command, contents, ALONE};
use crate::command::{CStrings, Command};
use rustix::event::{poll, PollFd, PollFlags, Timespec};
use rustix::process::{pidfd_open, Pid, PidfdFlags};
use std::os::fd::OwnedFd;

/// A process that can be asked whether it is still there, whoever its parent is.
pub struct Watched {
    pub pid: i32,
    pidfd: OwnedFd,
}

impl Watched {
    pub fn new(pid: i32) -> Self {
        Watched { pid, pidfd: pidfd_open(Pid::from_raw(pid).unwrap(), PidfdFlags::empty()).unwrap() }
    }

    pub fn is_alive(&self) -> bool {
        poll(&mut [PollFd::new(&self.pidfd, PollFlags::IN)], Some(&Timespec::default())) == Ok(0)
    }

    pub fn await_end(&self) {
        await_readable(&self.pidfd);
    }

    /// The letter of proc_pid_stat(5).
    pub fn state(&self) -> char {
        let stat = contents(format!("/proc/{}/stat", self.pid));
        stat.rsplit_once(") ").unwrap().1.chars().next().unwrap()
    }

    pub fn kill(&self) {
        // SAFETY: a number. One that has ended is not waited for by anybody here but by init, at worst.
        unsafe { libc::kill(self.pid, libc::SIGKILL) };
    }
}

/// The command that runs this test again in a process of its own, where [`ALONE`] says so.
pub fn alone_again(name: &str) -> Command {
    let exe = std::env::current_exe().unwrap();
    let name = format!("process::tests::{name}");
    let variables = std::env::vars().filter(|(variable, _)| variable != ALONE).map(|(variable, value)| format!("{variable}={value}"));
    let alone = format!("{ALONE}={}", std::env::var(ALONE).unwrap_or("1".into()));
    let env = Some(CStrings::new(variables.chain([alone])));
    Command { env, ..command(exe.to_str().unwrap(), &[&name, "--exact", "--nocapture", "--test-threads=1"]) }
}
