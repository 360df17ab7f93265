//! Starting the keeper (src/keeper/), who ends this process's trees when this process is gone.

use super::start::{start_marked, Role};
use super::{trees, unnamed_program};
use crate::command::{CStrings, Command, Stdio};
use crate::process::{Child, End};
use rustix::io::Errno;
use rustix::process::{getpid, pidfd_open, PidfdFlags};
use std::ffi::CString;
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::{Mutex, PoisonError};

static PROGRAM: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/procs-keeper"));

const UNMARKED: &str = "trees cannot be marked here: RLIMIT_LOCKS may not be set, or somebody else has limited it";

struct Keeper {
    child: Option<Child>,
    /// Why there is none.
    failure: Option<String>,
    /// Its program cannot be run here; no use in trying again.
    never: bool,
}

static KEEPER: Mutex<Keeper> = Mutex::new(Keeper { child: None, failure: None, never: false });

/// Before a child is started that is to end with this process: from here on there is a keeper, unless there cannot be one. Asking costs
/// one system call.
pub fn ensure() {
    let mut keeper = KEEPER.lock().unwrap_or_else(PoisonError::into_inner);
    keeper.look();
    if keeper.child.is_some() || keeper.never {
        return;
    }
    match run() {
        Ok(child) => *keeper = Keeper { child: Some(child), failure: None, never: false },
        Err(reason) => keeper.failure = Some(reason),
    }
}

pub fn state() -> std::result::Result<(), String> {
    if trees::own().is_none() {
        return Err(UNMARKED.into());
    }
    let mut keeper = KEEPER.lock().unwrap_or_else(PoisonError::into_inner);
    keeper.look();
    keeper.failure.clone().map_or(Ok(()), Err)
}

impl Keeper {
    /// Forgets one that has ended: another is started with the next child.
    fn look(&mut self) {
        let Some(child) = &mut self.child else { return };
        match child.try_wait() {
            Ok(None) => return,
            Ok(Some(End::NotStarted(error))) => {
                // While it is open for writing, in a child of another thread's that is not at its exec yet: not so the next time.
                self.never = error.errno != Errno::TXTBSY;
                self.failure = Some(format!("the keeper cannot be run: {error}"));
            }
            // Killed, or reaped by somebody else.
            Ok(Some(End::Exited(_))) | Err(_) => {}
        }
        self.child = None;
    }
}

fn run() -> std::result::Result<Child, String> {
    let marks = trees::own().ok_or(UNMARKED)?;
    let program = unnamed_program::of(PROGRAM).map_err(|errno| format!("the keeper cannot be put where it could be run: {errno}"))?;
    let parent = pidfd_open(getpid(), PidfdFlags::empty()).map_err(|errno| format!("the keeper could not see this process: {errno}"))?;
    let mark = marks.of_keeper();
    let base = mark.soft.to_string();
    let command = Command {
        env: Some(CStrings::new([""; 0])),
        cwd: Some(c"/".into()),
        stdio: vec![Stdio::Inherit(parent.as_raw_fd()), Stdio::Ignore, Stdio::Ignore],
        detached: true,
        ..Command::new(path_of(&program), CStrings::new(["procs-keeper", &base]))
    };
    let started = start_marked(command, Some(mark), Role::Keeper).map_err(|error| format!("the keeper cannot be started: {error}"))?;
    Ok(Child::of(started))
}

/// Of the child's own copy of the descriptor.
fn path_of(file: &OwnedFd) -> CString {
    CString::new(format!("/proc/self/fd/{}", file.as_raw_fd())).expect("digits hold no NUL")
}
