//! One start: everything is checked and prepared here, then a child that shares this memory goes its own way to exec.

use super::exec_child::{self, Plan};
use super::launch_pad::LaunchPad;
use super::lookup::{self, Candidates};
use super::pidfd::Pidfd;
use super::{privileges, syscall};
use crate::command::{CStrings, Command, Stdio};
use crate::process::{SpawnError, Step};
use rustix::io::Errno;
use rustix::net::{socketpair, AddressFamily, SocketFlags, SocketType};
use std::ffi::c_char;
use std::mem::ManuallyDrop;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};

/// The kernel's bound on one argument or variable, its terminator included.
const ONE_STRING: usize = 32 * 4096;
/// Below this the kernel accepts any argument list (ARG_MAX as POSIX knows it).
const ALWAYS_FITS: usize = 128 * 1024;
const AT_MOST: usize = 6 * 1024 * 1024;

/// Set once clone refused to share memory (an old seccomp filter, an emulator): from then on children get a copy, as with fork.
static COPY_MEMORY: AtomicBool = AtomicBool::new(false);

/// Whether children are started without copying this process's memory.
pub fn shares_memory() -> bool {
    !COPY_MEMORY.load(Ordering::Relaxed)
}

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
    candidates: Candidates,
    sh_argv: Vec<*const c_char>,
    fds: Vec<i32>,
    cwd: Option<OwnedFd>,
}

// SAFETY: the pointers lead into the owner's own heap blocks or to static memory.
unsafe impl Send for PlanOwner {}

/// What a launch came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Between clone and exec.
    UnderWay,
    /// The program runs, or has run.
    Executed,
    Failed(SpawnError),
}

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

    /// Blocks until the child has left this memory, or for a second.
    pub fn wait_until_left(&self) {
        if self.shared {
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

/// A child just started.
pub struct Started {
    pub pidfd: Pidfd,
    pub launch: Launch,
    /// This process's end for every [`Stdio::Pipe`], in order of the descriptors.
    pub pipes: Vec<OwnedFd>,
}

pub fn start(mut command: Command) -> Result<Started, SpawnError> {
    // In the order in which the child would fail.
    check_inherited(&command).map_err(SpawnError::at(Step::Stdio))?;
    let cwd = command.cwd.as_deref().map(lookup::open_cwd).transpose().map_err(SpawnError::at(Step::Cwd))?;
    if command.changes_credentials() {
        privileges::check(&command).map_err(SpawnError::at(Step::Credentials))?;
    }
    let from = cwd.as_ref().map_or(rustix::fs::CWD, |cwd| cwd.as_fd());
    // A copy: the child reads it while this process may change its own, and musl frees what setenv replaces.
    command.env.get_or_insert_with(CStrings::of_this_process);
    let candidates = lookup::find(&command, from).map_err(SpawnError::at(Step::Lookup))?;
    check_size(&command, &candidates).map_err(SpawnError::at(Step::Exec))?;

    let mut ends = Vec::new();
    let mut pipes = Vec::new();
    let mut fds = Vec::with_capacity(command.stdio.len());
    for stdio in &command.stdio {
        fds.push(match *stdio {
            Stdio::Ignore => -1,
            Stdio::Inherit(fd) => fd,
            Stdio::Pipe => {
                // Default buffers: Node 22 and later shrink theirs to 64 KiB, which costs big writers up to half their speed.
                let (ours, theirs) =
                    socketpair(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None).map_err(SpawnError::at(Step::Stdio))?;
                let fd = theirs.as_raw_fd();
                pipes.push(ours);
                ends.push(theirs);
                fd
            }
        });
    }
    let pad = LaunchPad::take().map_err(SpawnError::at(Step::Clone))?;
    let mut owner = PlanOwner::new(command, candidates, fds, cwd, &pad);
    let (pidfd, shared) = match clone_child(&mut owner.plan, &pad) {
        Ok(child) => child,
        Err(errno) => {
            pad.give_back();
            return Err(SpawnError { step: Step::Clone, errno });
        }
    };
    // The child has its own table of descriptors from the moment of clone on: `ends` and the directory may be closed here.
    owner.cwd = None;
    drop(ends);
    let launch = Launch { pad: ManuallyDrop::new(pad), plan: ManuallyDrop::new(owner), shared, ended: false };
    Ok(Started { pidfd, launch, pipes })
}

impl PlanOwner {
    fn new(command: Command, candidates: Candidates, fds: Vec<i32>, cwd: Option<OwnedFd>, pad: &LaunchPad) -> Box<PlanOwner> {
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
            report: pad.report_ptr(),
        };
        let mut owner = Box::new(PlanOwner { plan, command, candidates, sh_argv, fds, cwd });
        // Pointers into what has its final place only now.
        owner.plan.candidates = owner.candidates.as_ptr();
        owner.plan.argv = owner.command.argv.as_ptr();
        owner.plan.envp = owner.command.env.as_ref().map_or(ptr::null(), CStrings::as_ptr);
        owner.plan.sh_argv = owner.sh_argv.as_mut_ptr();
        owner.plan.fds = owner.fds.as_mut_ptr();
        owner
    }
}

/// A descriptor that is not open is EBADF at once.
fn check_inherited(command: &Command) -> rustix::io::Result<()> {
    for stdio in &command.stdio {
        if let Stdio::Inherit(fd) = *stdio {
            // SAFETY: only asked about; it need not be open.
            rustix::io::fcntl_getfd(unsafe { BorrowedFd::borrow_raw(fd) })?;
        }
    }
    Ok(())
}

/// The kernel's own arithmetic for E2BIG, so that it is known before the start, as Node throws it.
fn check_size(command: &Command, candidates: &Candidates) -> rustix::io::Result<()> {
    let env_bytes = command.env.as_ref().map_or(0, |env| env.byte_len());
    let env_count = command.env.as_ref().map_or(0, |env| env.len());
    let strings = command.argv.byte_len() + env_bytes + candidates.longest();
    let pointers = (command.argv.len() + env_count) * size_of::<*const u8>();
    if strings + pointers <= ALWAYS_FITS {
        return Ok(());
    }
    let all = command.argv.iter().chain(command.env.iter().flat_map(|env| env.iter()));
    if all.into_iter().any(|string| string.count_bytes() >= ONE_STRING) {
        return Err(Errno::TOOBIG);
    }
    let stack = rustix::process::getrlimit(rustix::process::Resource::Stack).current.unwrap_or(u64::MAX);
    let limit = AT_MOST.min(usize::try_from(stack / 4).unwrap_or(usize::MAX)).max(ALWAYS_FITS);
    if strings + pointers + size_of::<*const u8>() > limit {
        Err(Errno::TOOBIG)
    } else {
        Ok(())
    }
}

fn clone_child(plan: &mut Plan, pad: &LaunchPad) -> rustix::io::Result<(Pidfd, bool)> {
    if shares_memory() {
        match clone_with(plan, pad, libc::CLONE_VM | libc::CLONE_CHILD_CLEARTID) {
            Err(Errno::INVAL | Errno::NOSYS | Errno::PERM) => {}
            result => return result.map(|pidfd| (pidfd, true)),
        }
    }
    plan.flags &= !exec_child::KEEP_DUMPABLE;
    let pidfd = clone_with(plan, pad, 0)?;
    // Only now: had this failed as well, the reason would have been another one.
    COPY_MEMORY.store(true, Ordering::Relaxed);
    Ok((pidfd, false))
}

fn clone_with(plan: &mut Plan, pad: &LaunchPad, flags: i32) -> rustix::io::Result<Pidfd> {
    let flags = (flags | libc::CLONE_PIDFD | libc::SIGCHLD) as usize;
    let mut pidfd: i32 = -1;
    let every: u64 = u64::MAX;
    let mut before: u64 = 0;
    // SAFETY: all signals are blocked around clone, so that no handler of this process runs in the child; the raw call reaches
    // glibc's internal signals too. The pad's stack and report, and the plan, are the child's until it has left (see `Launch`).
    let result = unsafe {
        syscall::syscall4(libc::SYS_rt_sigprocmask, libc::SIG_SETMASK as usize, (&raw const every) as usize, (&raw mut before) as usize, 8);
        let occupied = (&raw const pad.report().occupied).cast::<i32>().cast_mut();
        let result = syscall::clone(flags, pad.stack_top(), &raw mut pidfd, occupied, exec_child::run, (plan as *mut Plan).cast::<u8>());
        syscall::syscall4(libc::SYS_rt_sigprocmask, libc::SIG_SETMASK as usize, (&raw const before) as usize, 0, 8);
        result
    };
    if result < 0 {
        return Err(Errno::from_raw_os_error(-result as i32));
    }
    if pidfd < 0 {
        // Before Linux 5.2 the flag meant nothing. js/platform.js keeps such kernels away from here.
        // SAFETY: our own child, not yet waited for, so its number is still its own.
        unsafe {
            libc::kill(result as i32, libc::SIGKILL);
            libc::waitpid(result as i32, ptr::null_mut(), 0);
        }
        return Err(Errno::NOTSUP);
    }
    // SAFETY: the kernel just opened it for us, close-on-exec.
    Ok(Pidfd::new(result as i32, unsafe { OwnedFd::from_raw_fd(pidfd) }))
}
