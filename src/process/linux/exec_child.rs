//! What runs between clone and exec, in memory shared with a parent that goes on running: raw system calls only. Nothing here
//! allocates, locks, panics, or touches errno or thread-local state.

use super::launch_pad::Report;
use super::limits::{self, Restrictions};
use super::syscall::{syscall3, syscall4};
use super::tree::Mark;
use crate::process::Step;
use std::ffi::c_char;
use std::sync::atomic::Ordering;

pub const SETSID: u32 = 1;
pub const SETUID: u32 = 2;
pub const SETGID: u32 = 4;
/// The child shares the parent's memory, and with it the parent's dumpable flag, which was set when this bit is.
pub const KEEP_DUMPABLE: u32 = 8;
pub const MARK: u32 = 16;
pub const SETPGID: u32 = 32;
pub const TERMINAL: u32 = 64;
/// The program starts with all signals blocked.
pub const DEAF: u32 = 128;

/// Everything the child needs, prepared beforehand. The child may write to `fds`.
#[repr(C)]
pub struct Plan {
    /// Paths to try in this order, ended by a null pointer; as `execvp` would find them in PATH.
    pub candidates: *const *const c_char,
    pub argv: *const *const c_char,
    pub envp: *const *const c_char,
    /// `["sh", candidate, args…]` with room at `[1]`: what `execvp` runs when a file is executable but of no known format.
    pub sh_argv: *mut *const c_char,
    pub cwd_fd: i32,
    /// Entry i becomes fd i; below 0 is /dev/null for 0 to 2 and nothing above.
    pub fds: *mut i32,
    pub fd_count: usize,
    pub flags: u32,
    pub uid: u32,
    pub gid: u32,
    pub mark: Mark,
    /// Whom the child may not outlive; 0 for nobody.
    pub parent: i32,
    /// Null for none.
    pub limits: *const Restrictions,
    pub report: *const Report,
}

#[repr(C)]
struct KernelSigaction {
    handler: usize,
    flags: u64,
    #[cfg(target_arch = "x86_64")]
    restorer: usize,
    mask: u64,
}

/// Entry point of the child.
///
/// # Safety
/// `plan` leads to a [`Plan`] whose every pointer stays valid until this process has called exec or has ended.
pub unsafe extern "C" fn run(plan: *mut u8) -> ! {
    // SAFETY: the caller's promise; each system call gets pointers out of the plan or to this stack.
    unsafe {
        let plan = &mut *plan.cast::<Plan>();
        let (step, errno) = prepare_and_exec(plan);
        let report = &*plan.report;
        report.step.store(step as i32, Ordering::Relaxed);
        report.errno.store(errno as i32, Ordering::Release);
        loop {
            syscall3(libc::SYS_exit_group, 127, 0, 0);
        }
    }
}

/// Returns only if something failed.
///
/// # Safety
/// As [`run`].
#[inline(always)]
unsafe fn prepare_and_exec(plan: &mut Plan) -> (Step, isize) {
    // SAFETY: as promised by the caller.
    unsafe {
        // All signals are blocked since before clone: the parent's handlers must not run in here.
        reset_signal_handlers();
        if plan.flags & MARK != 0 {
            // Where it works was found out before (see `trees`).
            let mark = &raw const plan.mark;
            syscall4(libc::SYS_prlimit64, 0, libc::RLIMIT_LOCKS as usize, mark as usize, 0);
            // A keeper that looked before this saw no mark and will not look again. It looks when the parent is gone, and the
            // kernel gives the child another parent before it tells of that: so one that still has its parent is seen.
            if plan.parent != 0 && syscall3(libc::SYS_getppid, 0, 0, 0) != plan.parent as isize {
                return (Step::Exec, libc::ECHILD as isize);
            }
        }
        if plan.flags & SETSID != 0 {
            syscall3(libc::SYS_setsid, 0, 0, 0);
        } else if plan.flags & SETPGID != 0 {
            syscall3(libc::SYS_setpgid, 0, 0, 0);
        }
        // Before the descriptors are arranged: one of them may get cwd_fd's number.
        if plan.cwd_fd >= 0 {
            let result = syscall3(libc::SYS_fchdir, plan.cwd_fd as usize, 0, 0);
            if result < 0 {
                return (Step::Cwd, -result);
            }
        }
        let result = arrange_descriptors(plan);
        if result < 0 {
            return (Step::Stdio, -result);
        }
        if plan.flags & TERMINAL != 0 {
            let result = syscall3(libc::SYS_ioctl, 0, libc::TIOCSCTTY as usize, 0);
            if result < 0 {
                return (Step::Stdio, -result);
            }
        }
        // After the descriptors, whose number may be limited, and while it still has the privileges.
        if !plan.limits.is_null() {
            let result = limits::apply(&*plan.limits);
            if result < 0 {
                return (Step::Limits, -result);
            }
        }
        let result = change_credentials(plan);
        if result < 0 {
            return (Step::Credentials, -result);
        }
        if plan.flags & DEAF == 0 {
            let none: u64 = 0;
            syscall4(libc::SYS_rt_sigprocmask, libc::SIG_SETMASK as usize, (&raw const none) as usize, 0, 8);
        }
        (Step::Exec, -exec(plan))
    }
}

/// To the default, as libuv does; real-time signals are left alone. The parent keeps its own table (no CLONE_SIGHAND).
#[inline(always)]
unsafe fn reset_signal_handlers() {
    let default = KernelSigaction {
        handler: libc::SIG_DFL,
        flags: 0,
        #[cfg(target_arch = "x86_64")]
        restorer: 0,
        mask: 0,
    };
    let mut signal = 1;
    while signal < 32 {
        if signal != libc::SIGKILL as usize && signal != libc::SIGSTOP as usize {
            // SAFETY: a valid action, 8 bytes of mask.
            unsafe { syscall4(libc::SYS_rt_sigaction, signal, (&raw const default) as usize, 0, 8) };
        }
        signal += 1;
    }
}

/// 0, or a negated errno.
#[inline(always)]
unsafe fn arrange_descriptors(plan: &mut Plan) -> isize {
    let count = plan.fd_count;
    let mut target = 0;
    // SAFETY: `fds` has `fd_count` entries.
    unsafe {
        // First lift every source that a later dup would overwrite, as when stdout and stderr change places.
        while target < count {
            let source = *plan.fds.add(target);
            if source >= 0 && (source as usize) < target {
                let lifted = syscall3(libc::SYS_fcntl, source as usize, libc::F_DUPFD_CLOEXEC as usize, count);
                if lifted < 0 {
                    return lifted;
                }
                *plan.fds.add(target) = lifted as i32;
            }
            target += 1;
        }
        target = 0;
        while target < count {
            let source = *plan.fds.add(target);
            if source >= 0 {
                let result = place(source as usize, target);
                if result < 0 {
                    return result;
                }
            } else if target < 3 {
                let result = open_null(target);
                if result < 0 {
                    return result;
                }
            }
            target += 1;
        }
    }
    0
}

#[inline(always)]
unsafe fn place(source: usize, target: usize) -> isize {
    // SAFETY: descriptors only.
    unsafe {
        let result = if source == target {
            syscall3(libc::SYS_fcntl, target, libc::F_SETFD as usize, 0)
        } else {
            syscall3(libc::SYS_dup3, source, target, 0)
        };
        if result < 0 {
            return result;
        }
        // A program expects blocking stdio; Node sets O_NONBLOCK on what it opens itself.
        if target <= 2 {
            let flags = syscall3(libc::SYS_fcntl, target, libc::F_GETFL as usize, 0);
            if flags >= 0 && flags & libc::O_NONBLOCK as isize != 0 {
                syscall3(libc::SYS_fcntl, target, libc::F_SETFL as usize, (flags & !(libc::O_NONBLOCK as isize)) as usize);
            }
        }
    }
    0
}

#[inline(always)]
unsafe fn open_null(target: usize) -> isize {
    let flags = if target == 0 { libc::O_RDONLY } else { libc::O_RDWR };
    // SAFETY: a constant path. The target may be open already, so open elsewhere and dup.
    unsafe {
        let null = syscall4(libc::SYS_openat, libc::AT_FDCWD as usize, c"/dev/null".as_ptr() as usize, flags as usize, 0);
        if null < 0 || null as usize == target {
            return if null < 0 { null } else { 0 };
        }
        let result = syscall3(libc::SYS_dup3, null as usize, target, 0);
        syscall3(libc::SYS_close, null as usize, 0, 0);
        if result < 0 {
            result
        } else {
            0
        }
    }
}

#[inline(always)]
unsafe fn change_credentials(plan: &Plan) -> isize {
    let mut result = 0;
    // SAFETY: numbers only. These are the raw calls: glibc's would signal every thread of the parent.
    unsafe {
        if plan.flags & (SETUID | SETGID) != 0 {
            // Without the privilege there is nothing to drop: libuv ignores the result as well.
            syscall3(libc::SYS_setgroups, 0, 0, 0);
        }
        if plan.flags & SETGID != 0 {
            result = syscall3(libc::SYS_setgid, plan.gid as usize, 0, 0);
        }
        if result >= 0 && plan.flags & SETUID != 0 {
            result = syscall3(libc::SYS_setuid, plan.uid as usize, 0, 0);
        }
        // Changing credentials clears "dumpable" of the memory, which is the parent's.
        if plan.flags & KEEP_DUMPABLE != 0 {
            syscall3(libc::SYS_prctl, libc::PR_SET_DUMPABLE as usize, 1, 0);
        }
    }
    result
}

/// Tries the candidates as `execvp` does. Returns the negated errno to report.
#[inline(always)]
unsafe fn exec(plan: &mut Plan) -> isize {
    let mut candidate = plan.candidates;
    let mut denied = false;
    let mut last = -(libc::ENOENT as isize);
    // SAFETY: null-terminated arrays of C strings, prepared by the parent.
    unsafe {
        while !(*candidate).is_null() {
            let path = *candidate;
            let mut result = syscall3(libc::SYS_execve, path as usize, plan.argv as usize, plan.envp as usize);
            if result == -(libc::ENOEXEC as isize) {
                *plan.sh_argv.add(1) = path;
                result = syscall3(libc::SYS_execve, c"/bin/sh".as_ptr() as usize, plan.sh_argv as usize, plan.envp as usize);
            }
            match -result as i32 {
                libc::EACCES => denied = true,
                libc::ENOENT | libc::ESTALE | libc::ENOTDIR | libc::ENODEV | libc::ETIMEDOUT => {}
                _ => return result,
            }
            last = result;
            candidate = candidate.add(1);
        }
    }
    if denied {
        -(libc::EACCES as isize)
    } else {
        last
    }
}
