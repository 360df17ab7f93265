//! A child with other credentials, limits or a controlling terminal: posix_spawn gives it none of these, so it is forked, as libuv does. Other threads' locks may be held for
//! ever in the copy, so between fork and exec only functions that POSIX calls async-signal-safe are called, and nothing allocates.

use super::launch::{Failure, Report};
use super::limits::{self, Restrictions};
use crate::command::{CStrings, Command};
use crate::process::Step;
use rustix::io::{Errno, Result};
use rustix::process::Pid;
use std::ffi::{c_char, CStr};
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::atomic::Ordering;

/// The errno of a call that failed.
type Outcome<T = ()> = std::result::Result<T, i32>;

pub fn fork(command: &Command, candidates: &CStrings, mut fds: Vec<i32>, limits: Option<&Restrictions>, report: &Report) -> Result<Pid> {
    // sh, the script, and the arguments behind argv[0], with the null pointer.
    let mut sh_argv = vec![c"/bin/sh".as_ptr(), ptr::null()];
    sh_argv.extend(command.argv.iter().skip(1).map(CStr::as_ptr));
    sh_argv.push(ptr::null());
    let envp = command.env.as_ref().map_or(ptr::null(), CStrings::as_ptr);
    let (mut every, mut before) = (MaybeUninit::uninit(), MaybeUninit::uninit());
    // SAFETY: all signals are blocked around fork, so that no handler of this process runs in the child, which does as said above.
    let pid = unsafe {
        libc::sigfillset(every.as_mut_ptr());
        libc::pthread_sigmask(libc::SIG_SETMASK, every.as_ptr(), before.as_mut_ptr());
        let pid = libc::fork();
        if pid == 0 {
            run(command, candidates, &mut fds, limits, &mut sh_argv, envp, report.failure());
        }
        let error = std::io::Error::last_os_error();
        libc::pthread_sigmask(libc::SIG_SETMASK, before.as_ptr(), ptr::null_mut());
        if pid < 0 {
            return Err(Errno::from_io_error(&error).unwrap_or(Errno::AGAIN));
        }
        pid
    };
    Pid::from_raw(pid).ok_or(Errno::AGAIN)
}

unsafe fn run(
    command: &Command,
    candidates: &CStrings,
    fds: &mut [i32],
    limits: Option<&Restrictions>,
    sh_argv: &mut [*const c_char],
    envp: *const *const c_char,
    failure: &Failure,
) -> ! {
    // SAFETY: in the child.
    unsafe {
        let (step, errno) = match prepare(command, fds, limits) {
            Err(failed) => failed,
            Ok(()) => (Step::Exec, exec(command, candidates, sh_argv, envp)),
        };
        failure.step.store(step as i32, Ordering::Relaxed);
        failure.errno.store(errno, Ordering::Release);
        libc::_exit(127)
    }
}

unsafe fn prepare(command: &Command, fds: &mut [i32], limits: Option<&Restrictions>) -> std::result::Result<(), (Step, i32)> {
    // SAFETY: calls with numbers and C strings.
    unsafe {
        for signal in 1..32 {
            // Refused for SIGKILL and SIGSTOP, which need it not.
            libc::signal(signal, libc::SIG_DFL);
        }
        if command.detached {
            libc::setsid();
        } else if command.group {
            libc::setpgid(0, 0);
        }
        if let Some(cwd) = &command.cwd {
            outcome(libc::chdir(cwd.as_ptr())).map_err(|errno| (Step::Cwd, errno))?;
        }
        arrange_descriptors(fds).map_err(|errno| (Step::Stdio, errno))?;
        if command.terminal {
            outcome(libc::ioctl(0, libc::TIOCSCTTY.into(), 0)).map_err(|errno| (Step::Stdio, errno))?;
        }
        // After the descriptors, whose number may be limited, and while it still has the privileges.
        if let Some(limits) = limits {
            limits::apply(limits).map_err(|errno| (Step::Limits, errno))?;
        }
        if command.changes_credentials() {
            change_credentials(command).map_err(|errno| (Step::Credentials, errno))?;
        }
        let mut none = MaybeUninit::uninit();
        libc::sigemptyset(none.as_mut_ptr());
        libc::sigprocmask(libc::SIG_SETMASK, none.as_ptr(), ptr::null_mut());
    }
    Ok(())
}

unsafe fn arrange_descriptors(fds: &mut [i32]) -> Outcome {
    let count = fds.len();
    // SAFETY: numbers, and one constant path.
    unsafe {
        // First lift every source that a later dup would overwrite, as when stdout and stderr change places.
        for (target, source) in fds.iter_mut().enumerate() {
            if *source >= 0 && (*source as usize) < target {
                *source = outcome(libc::fcntl(*source, libc::F_DUPFD_CLOEXEC, count as i32))?;
            }
        }
        for (target, &source) in (0..).zip(fds.iter()) {
            if source == target {
                outcome(libc::fcntl(target, libc::F_SETFD, 0))?;
            } else if source >= 0 {
                outcome(libc::dup2(source, target))?;
            } else if target <= 2 {
                let null = outcome(libc::open(c"/dev/null".as_ptr(), if target == 0 { libc::O_RDONLY } else { libc::O_RDWR }))?;
                if null != target {
                    outcome(libc::dup2(null, target))?;
                    libc::close(null);
                }
            }
        }
    }
    Ok(())
}

unsafe fn change_credentials(command: &Command) -> Outcome {
    // SAFETY: numbers only.
    unsafe {
        // Without the privilege there is nothing to drop: libuv ignores the result as well.
        libc::setgroups(0, ptr::null());
        if let Some(gid) = command.gid {
            outcome(libc::setgid(gid))?;
        }
        if let Some(uid) = command.uid {
            outcome(libc::setuid(uid))?;
        }
    }
    Ok(())
}

/// Tries the candidates as `execvp` does. Returns the errno to report.
unsafe fn exec(command: &Command, candidates: &CStrings, sh_argv: &mut [*const c_char], envp: *const *const c_char) -> i32 {
    let mut denied = false;
    let mut last = libc::ENOENT;
    for path in candidates.iter() {
        // SAFETY: null-terminated arrays of C strings, prepared by the parent.
        let errno = unsafe {
            libc::execve(path.as_ptr(), command.argv.as_ptr(), envp);
            if *libc::__error() == libc::ENOEXEC {
                sh_argv[1] = path.as_ptr();
                libc::execve(c"/bin/sh".as_ptr(), sh_argv.as_ptr(), envp);
            }
            *libc::__error()
        };
        match errno {
            libc::EACCES => denied = true,
            libc::ENOENT | libc::ENOTDIR => last = errno,
            _ => return errno,
        }
    }
    if denied {
        libc::EACCES
    } else {
        last
    }
}

fn outcome(result: i32) -> Outcome<i32> {
    if result >= 0 {
        return Ok(result);
    }
    // SAFETY: this thread's own errno.
    Err(unsafe { *libc::__error() })
}
