//! One start: everything is checked and prepared here, then a child that shares this memory goes its own way to exec.

use super::exec_child::{self, Plan};
use super::launch_pad::LaunchPad;
use super::limits::{self, Restrictions};
use super::tree::Mark;
use super::{clone, environment, executable, privileges};
use crate::command::{CStrings, Command, Kinship, Resource};
use crate::process::launch::{Progress, Started};
use crate::process::lookup;
use crate::process::stdio::{self, Opened};
use crate::process::{SpawnError, Step};
use rustix::io::Errno;
use rustix::process::Pid;
use std::ffi::c_char;
use std::mem::ManuallyDrop;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::ptr;
use std::sync::atomic::Ordering;

/// The kernel's bound on one argument or variable, its terminator included, in pages (MAX_ARG_STRLEN).
const ONE_STRING: usize = 32;
/// Below this the kernel accepts any argument list (ARG_MAX as POSIX knows it).
const ALWAYS_FITS: usize = 128 * 1024;
const AT_MOST: usize = 6 * 1024 * 1024;

/// A child on its way to exec, and what it borrows on that way. Dropped too early, it leaves that memory to the child for ever.
pub struct Launch {
    pad: ManuallyDrop<LaunchPad>,
    plan: ManuallyDrop<Box<PlanOwner>>,
    shared: bool,
    ended: bool,
}

/// The plan and all it points into.
struct PlanOwner {
    plan: Plan,
    command: Command,
    candidates: CStrings,
    sh_argv: Vec<*const c_char>,
    fds: Vec<i32>,
    cwd: Option<OwnedFd>,
    limits: Option<Restrictions>,
}

// SAFETY: the pointers lead into the owner's own heap blocks or to static memory.
unsafe impl Send for PlanOwner {}

impl Launch {
    /// How far it is.
    pub fn progress(&self) -> Progress {
        let report = self.pad.report();
        // With copied memory the kernel has nobody to tell: only the end proves that the pad is free.
        let left = self.ended || (self.shared && report.occupied.load(Ordering::Acquire) == 0);
        if !left {
            return Progress::UnderWay;
        }
        match report.errno.load(Ordering::Acquire) {
            0 => Progress::Executed,
            errno => Progress::Failed(SpawnError {
                step: Step::from_report(report.step.load(Ordering::Relaxed)),
                errno: Errno::from_raw_os_error(errno),
            }),
        }
    }

    /// The child has been reaped.
    pub fn ended(&mut self) {
        self.ended = true;
    }

    /// Blocks until the child may get this signal: it must have left this memory, if it is one that would end this process too.
    pub fn wait_before(&self, signal: i32) {
        if self.shared && super::must_wait_before(signal) {
            self.pad.wait_until_left();
        }
    }
}

impl Drop for Launch {
    fn drop(&mut self) {
        if self.progress() == Progress::UnderWay {
            return;
        }
        // SAFETY: taken once, here; the child has left, so nobody else uses them.
        unsafe {
            ManuallyDrop::drop(&mut self.plan);
            ManuallyDrop::take(&mut self.pad).give_back();
        }
    }
}

/// Whom the start is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Child,
    /// It starts with all signals blocked, and needs no keeper.
    Keeper,
}

pub fn start_marked(mut command: Command, mark: Option<Mark>, role: Role) -> Result<Started, SpawnError> {
    // In the order in which the child would fail.
    stdio::check_inherited(&command.stdio).map_err(SpawnError::at(Step::Stdio))?;
    let cwd = command.cwd.as_deref().map(executable::open_cwd).transpose().map_err(SpawnError::at(Step::Cwd))?;
    let limits = limits::restrictions(&command.limits).map_err(SpawnError::at(Step::Limits))?;
    if command.changes_credentials() {
        privileges::check(&command).map_err(SpawnError::at(Step::Credentials))?;
    }
    let from = cwd.as_ref().map_or(rustix::fs::CWD, |cwd| cwd.as_fd());
    // A copy: the child reads it while this process may change its own, and musl frees what setenv replaces.
    command.env.get_or_insert_with(environment::of_this_process);
    // With other credentials other files are accessible: then only the child can tell.
    let check_access = !command.changes_credentials();
    let candidates = lookup::find(&command, |path| executable::check(from, path, check_access)).map_err(SpawnError::at(Step::Lookup))?;
    check_size(&command, &candidates).map_err(SpawnError::at(Step::Exec))?;

    let Opened { fds, ours, theirs } = stdio::open(&command.stdio).map_err(SpawnError::at(Step::Stdio))?;
    let pad = LaunchPad::take().map_err(SpawnError::at(Step::Clone))?;
    let group = command.group && !command.detached;
    let mut owner = PlanOwner::new(command, candidates, fds, cwd, limits, &pad);
    if let Some(mark) = mark {
        owner.plan.mark = mark;
        owner.plan.flags |= exec_child::MARK;
        if role == Role::Child && owner.command.tree == Some(Kinship::Dependent) {
            owner.plan.parent = rustix::process::getpid().as_raw_pid();
        }
    }
    if role == Role::Keeper {
        owner.plan.flags |= exec_child::DEAF;
    }
    let (pidfd, shared) = match clone::clone_child(&mut owner.plan, &pad) {
        Ok(child) => child,
        Err(errno) => {
            pad.give_back();
            return Err(SpawnError { step: Step::Clone, errno });
        }
    };
    if group {
        // By both, as shells do: whoever comes first, the group is there when this returns. Too late once the program runs.
        let _done_by_the_child = rustix::process::setpgid(Pid::from_raw(pidfd.pid()), None);
    }
    // The child has its own table of descriptors from the moment of clone on: its ends and the directory may be closed here.
    owner.cwd = None;
    drop(theirs);
    let launch = Launch { pad: ManuallyDrop::new(pad), plan: ManuallyDrop::new(owner), shared, ended: false };
    Ok(Started { process: pidfd, launch, pipes: ours })
}

impl PlanOwner {
    fn new(
        command: Command,
        candidates: CStrings,
        fds: Vec<i32>,
        cwd: Option<OwnedFd>,
        limits: Option<Restrictions>,
        pad: &LaunchPad,
    ) -> Box<PlanOwner> {
        // sh, the script, and the arguments behind argv[0], with the null pointer.
        let mut sh_argv = Vec::with_capacity(command.argv.len() + 2);
        sh_argv.push(c"/bin/sh".as_ptr());
        sh_argv.push(ptr::null());
        sh_argv.extend(command.argv.iter().skip(1).map(std::ffi::CStr::as_ptr));
        sh_argv.push(ptr::null());
        let mut flags = 0;
        if command.detached {
            flags |= exec_child::SETSID;
        }
        if command.group {
            flags |= exec_child::SETPGID;
        }
        if command.terminal {
            flags |= exec_child::TERMINAL;
        }
        if command.uid.is_some() {
            flags |= exec_child::SETUID;
        }
        if command.gid.is_some() {
            flags |= exec_child::SETGID;
        }
        if command.changes_credentials() && privileges::is_dumpable() {
            flags |= exec_child::KEEP_DUMPABLE;
        }
        let plan = Plan {
            candidates: candidates.as_ptr(),
            argv: command.argv.as_ptr(),
            envp: ptr::null(),
            sh_argv: ptr::null_mut(),
            cwd_fd: cwd.as_ref().map_or(-1, |cwd| cwd.as_raw_fd()),
            fds: ptr::null_mut(),
            fd_count: fds.len(),
            flags,
            uid: command.uid.unwrap_or(0),
            gid: command.gid.unwrap_or(0),
            mark: Mark { soft: 0, hard: 0 },
            parent: 0,
            limits: ptr::null(),
            report: pad.report_ptr(),
        };
        let mut owner = Box::new(PlanOwner { plan, command, candidates, sh_argv, fds, cwd, limits });
        // Pointers into what has its final place only now.
        owner.plan.candidates = owner.candidates.as_ptr();
        owner.plan.argv = owner.command.argv.as_ptr();
        owner.plan.envp = owner.command.env.as_ref().map_or(ptr::null(), CStrings::as_ptr);
        owner.plan.sh_argv = owner.sh_argv.as_mut_ptr();
        owner.plan.fds = owner.fds.as_mut_ptr();
        owner.plan.limits = owner.limits.as_ref().map_or(ptr::null(), ptr::from_ref);
        owner
    }
}

/// The kernel's own arithmetic for E2BIG, so that it is known before the start, as Node throws it.
fn check_size(command: &Command, candidates: &CStrings) -> rustix::io::Result<()> {
    let env_bytes = command.env.as_ref().map_or(0, |env| env.byte_len());
    let env_count = command.env.as_ref().map_or(0, |env| env.len());
    let longest = candidates.iter().map(|path| path.count_bytes() + 1).max().unwrap_or(0);
    let strings = command.argv.byte_len() + env_bytes + longest;
    let pointers = (command.argv.len() + env_count) * size_of::<*const u8>();
    if strings + pointers <= ALWAYS_FITS {
        return Ok(());
    }
    let one = ONE_STRING * rustix::param::page_size();
    let all = command.argv.iter().chain(command.env.iter().flat_map(|env| env.iter()));
    if all.into_iter().any(|string| string.count_bytes() >= one) {
        return Err(Errno::TOOBIG);
    }
    let own_stack = || rustix::process::getrlimit(rustix::process::Resource::Stack).current.unwrap_or(u64::MAX);
    let stack = command.limits.of(Resource::StackSize).map_or_else(own_stack, |limit| limit.soft);
    let limit = AT_MOST.min(usize::try_from(stack / 4).unwrap_or(usize::MAX)).max(ALWAYS_FITS);
    if strings + pointers + size_of::<*const u8>() > limit {
        Err(Errno::TOOBIG)
    } else {
        Ok(())
    }
}
