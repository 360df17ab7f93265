//! One start. posix_spawn blocks until the program runs or cannot, and says why.

use super::launch::{Launch, Report};
use super::limits::{self, Restrictions};
use super::process_handle::ProcessHandle;
use super::{environment, executable, forked_child, privileges, spawn};
use crate::command::{CStrings, Command, Stdio};
use crate::process::launch::Started;
use crate::process::lookup;
use crate::process::stdio::{self, Opened};
use crate::process::tree::Tree;
use crate::process::{SpawnError, Step};
use rustix::fs::{fcntl_getfl, fcntl_setfl, OFlags};
use rustix::io::{Errno, Result};
use rustix::process::Pid;
use std::os::fd::BorrowedFd;

/// Trees carry no mark here, so `_tree` has no part in it.
pub fn start(mut command: Command, _tree: Option<Tree>) -> std::result::Result<Started, SpawnError> {
    stdio::check_inherited(&command.stdio).map_err(SpawnError::at(Step::Stdio))?;
    let limits = limits::restrictions(&command.limits).map_err(SpawnError::at(Step::Limits))?;
    if command.changes_credentials() {
        privileges::check(&command).map_err(SpawnError::at(Step::Credentials))?;
    }
    // A copy: setenv in another thread may change this process's own at any time.
    command.env.get_or_insert_with(environment::of_this_process);
    let check = |path: &_| executable::check(command.cwd.as_deref(), path);
    let candidates = lookup::find(&command, check).map_err(|errno| blame(&command, errno, Step::Lookup))?;
    let Opened { fds, ours, theirs } = stdio::open(&command.stdio).map_err(SpawnError::at(Step::Stdio))?;
    expect_waiting(&command.stdio).map_err(SpawnError::at(Step::Stdio))?;
    // Before the child: afterwards there is nobody to tell that it failed.
    let exit = ProcessHandle::exit_queue().map_err(SpawnError::at(Step::Clone))?;
    // posix_spawn gives nobody a terminal, nor other credentials, nor limits.
    let (pid, launch) = if command.changes_credentials() || command.terminal || limits.is_some() {
        fork(&command, &candidates, fds, limits.as_ref()).map_err(SpawnError::at(Step::Clone))?
    } else {
        let pid = spawn::spawn(&command, &candidates, &fds).map_err(|errno| blame(&command, errno, Step::Exec))?;
        (pid, Launch::spawned())
    };
    drop(theirs);
    let process = ProcessHandle::new(pid, exit).map_err(SpawnError::at(Step::Clone))?;
    Ok(Started { process, launch, pipes: ours })
}

fn fork(command: &Command, candidates: &CStrings, fds: Vec<i32>, limits: Option<&Restrictions>) -> Result<(Pid, Launch)> {
    let report = Report::new()?;
    let pid = forked_child::fork(command, candidates, fds, limits, &report)?;
    Ok((pid, Launch::forked(report)))
}

/// A program expects blocking stdio, and Node sets O_NONBLOCK on what it opens itself. The flag belongs to the open file, which both
/// processes share.
fn expect_waiting(plan: &[Stdio]) -> Result<()> {
    for stdio in plan.iter().take(3) {
        if let Stdio::Inherit(fd) = *stdio {
            // SAFETY: open, as `check_inherited` has seen.
            let fd = unsafe { BorrowedFd::borrow_raw(fd) };
            let flags = fcntl_getfl(fd)?;
            if flags.contains(OFlags::NONBLOCK) {
                fcntl_setfl(fd, flags - OFlags::NONBLOCK)?;
            }
        }
    }
    Ok(())
}

/// Which step it must have been: posix_spawn gives one errno for all that it does.
fn blame(command: &Command, errno: Errno, otherwise: Step) -> SpawnError {
    let step = match errno {
        Errno::AGAIN | Errno::NOMEM => Step::Clone,
        Errno::BADF => Step::Stdio,
        _ => match &command.cwd {
            Some(cwd) if executable::check(Some(cwd), c".") == Err(errno) => Step::Cwd,
            _ => otherwise,
        },
    };
    SpawnError { step, errno }
}
