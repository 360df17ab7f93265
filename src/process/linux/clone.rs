//! One clone: in shared memory where that works, with a copy of it where it does not.

use super::exec_child::{self, Plan};
use super::launch_pad::LaunchPad;
use super::pidfd::Pidfd;
use super::syscall;
use rustix::io::{Errno, Result};
use rustix::process::{pidfd_open, Pid, PidfdFlags};
use std::os::fd::{FromRawFd, OwnedFd};
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};

/// Set once clone refused to share memory (an old seccomp filter, an emulator): from then on children get a copy, as with fork.
static COPY_MEMORY: AtomicBool = AtomicBool::new(false);

/// Whether children are started without copying this process's memory.
pub fn shares_memory() -> bool {
    !COPY_MEMORY.load(Ordering::Relaxed)
}

/// Starts a child on `plan`. Returns also whether it shares this process's memory.
pub fn clone_child(plan: &mut Plan, pad: &LaunchPad) -> Result<(Pidfd, bool)> {
    if shares_memory() {
        match clone_sharing(plan, pad) {
            Err(Errno::INVAL | Errno::NOSYS | Errno::PERM) => {}
            result => return result.map(|child| (child, true)),
        }
    }
    plan.flags &= !exec_child::KEEP_DUMPABLE;
    let child = clone_copying(plan, pad)?;
    // Only now: had this failed as well, the reason would have been another one.
    COPY_MEMORY.store(true, Ordering::Relaxed);
    Ok((child, false))
}

fn clone_sharing(plan: &mut Plan, pad: &LaunchPad) -> Result<Pidfd> {
    let mut pidfd = -1;
    let pid = clone(plan, pad, libc::CLONE_VM | libc::CLONE_CHILD_CLEARTID | libc::CLONE_PIDFD, &mut pidfd)?;
    if pidfd < 0 {
        // Before Linux 5.2 the flag meant nothing. js/platform.js keeps such kernels away from here.
        end(pid);
        return Err(Errno::NOTSUP);
    }
    // SAFETY: the kernel just opened it for us, close-on-exec.
    Ok(Pidfd::new(pid, unsafe { OwnedFd::from_raw_fd(pidfd) }))
}

/// Without CLONE_PIDFD, which qemu-user refuses as well. The number is still the child's own: nobody else waits for it.
fn clone_copying(plan: &mut Plan, pad: &LaunchPad) -> Result<Pidfd> {
    let pid = clone(plan, pad, 0, &mut -1)?;
    let open = Pid::from_raw(pid).ok_or(Errno::SRCH).and_then(|pid| pidfd_open(pid, PidfdFlags::empty()));
    match open {
        Ok(pidfd) => Ok(Pidfd::new(pid, pidfd)),
        Err(errno) => {
            end(pid);
            Err(errno)
        }
    }
}

fn clone(plan: &mut Plan, pad: &LaunchPad, flags: i32, pidfd: &mut i32) -> Result<i32> {
    let flags = (flags | libc::SIGCHLD) as usize;
    let every: u64 = u64::MAX;
    let mut before: u64 = 0;
    // SAFETY: all signals are blocked around clone, so that no handler of this process runs in the child; the raw call reaches
    // glibc's internal signals too. The pad's stack and report, and the plan, are the child's until it has left (see `Launch`).
    let result = unsafe {
        syscall::syscall4(libc::SYS_rt_sigprocmask, libc::SIG_SETMASK as usize, (&raw const every) as usize, (&raw mut before) as usize, 8);
        let occupied = (&raw const pad.report().occupied).cast::<i32>().cast_mut();
        let result = syscall::clone(flags, pad.stack_top(), &raw mut *pidfd, occupied, exec_child::run, (plan as *mut Plan).cast::<u8>());
        syscall::syscall4(libc::SYS_rt_sigprocmask, libc::SIG_SETMASK as usize, (&raw const before) as usize, 0, 8);
        result
    };
    if result < 0 {
        Err(Errno::from_raw_os_error(-result as i32))
    } else {
        Ok(result as i32)
    }
}

/// Ends and reaps a child that cannot be held by a pidfd.
fn end(pid: i32) {
    // SAFETY: our own child, not yet waited for, so its number is still its own.
    unsafe {
        libc::kill(pid, libc::SIGKILL);
        libc::waitpid(pid, ptr::null_mut(), 0);
    }
}
