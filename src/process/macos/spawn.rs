//! One call of posix_spawn, which comes back when the program runs or cannot.

use super::file_actions::{checked, FileActions};
use crate::command::{CStrings, Command};
use rustix::io::{Errno, Result};
use rustix::process::Pid;
use std::ffi::{c_char, CStr};
use std::mem::MaybeUninit;
use std::ptr;

/// In <sys/spawn.h>, and not in the libc crate. Heeded since macOS 10.15, which Node 20 asks for as well.
const POSIX_SPAWN_SETSID: i32 = 0x0400;

/// Tries the candidates as `execvp` does, except that a file of no known format is ENOEXEC and not handed to sh: as libuv has it here.
pub fn spawn(command: &Command, candidates: &CStrings, fds: &[i32]) -> Result<Pid> {
    let attributes = Attributes::new(command)?;
    let actions = FileActions::new(command.cwd.as_deref(), fds)?;
    let mut denied = false;
    let mut last = Errno::NOENT;
    for path in candidates.iter() {
        match spawn_one(path, command, &attributes, &actions) {
            Ok(pid) => return Ok(pid),
            Err(Errno::ACCESS) => denied = true,
            Err(errno @ (Errno::NOENT | Errno::NOTDIR)) => last = errno,
            Err(errno) => return Err(errno),
        }
    }
    Err(if denied { Errno::ACCESS } else { last })
}

fn spawn_one(path: &CStr, command: &Command, attributes: &Attributes, actions: &FileActions) -> Result<Pid> {
    let mut pid = 0;
    loop {
        // SAFETY: null-terminated arrays of C strings that live until the call is back, and initialised attributes and actions.
        let result = unsafe {
            let envp = command.env.as_ref().map_or(ptr::null(), CStrings::as_ptr);
            let argv = command.argv.as_ptr().cast::<*mut c_char>();
            libc::posix_spawn(&mut pid, path.as_ptr(), actions.as_ptr(), &attributes.0, argv, envp.cast())
        };
        match checked(result) {
            Err(Errno::INTR) => {}
            result => return result.and(Pid::from_raw(pid).ok_or(Errno::AGAIN)),
        }
    }
}

struct Attributes(libc::posix_spawnattr_t);

impl Attributes {
    fn new(command: &Command) -> Result<Self> {
        let mut attributes = ptr::null_mut();
        // SAFETY: initialised here, destroyed by `drop`.
        checked(unsafe { libc::posix_spawnattr_init(&mut attributes) })?;
        let mut attributes = Attributes(attributes);
        // CLOEXEC_DEFAULT: the child gets what the file actions name and nothing else.
        let mut flags = libc::POSIX_SPAWN_SETSIGDEF | libc::POSIX_SPAWN_SETSIGMASK | libc::POSIX_SPAWN_CLOEXEC_DEFAULT;
        if command.detached {
            flags |= POSIX_SPAWN_SETSID;
        } else if command.group {
            flags |= libc::POSIX_SPAWN_SETPGROUP;
            // SAFETY: a number: 0 is a group of its own, which is what it is without this call as well.
            checked(unsafe { libc::posix_spawnattr_setpgroup(&mut attributes.0, 0) })?;
        }
        let mut every = MaybeUninit::uninit();
        let mut none = MaybeUninit::uninit();
        // SAFETY: the sets are initialised by the first two calls and copied by the next two.
        unsafe {
            libc::sigfillset(every.as_mut_ptr());
            libc::sigemptyset(none.as_mut_ptr());
            checked(libc::posix_spawnattr_setsigdefault(&mut attributes.0, every.as_ptr()))?;
            checked(libc::posix_spawnattr_setsigmask(&mut attributes.0, none.as_ptr()))?;
            checked(libc::posix_spawnattr_setflags(&mut attributes.0, flags as i16))?;
        }
        Ok(attributes)
    }
}

impl Drop for Attributes {
    fn drop(&mut self) {
        // SAFETY: initialised by `new`. Fails for what is not initialised, and for nothing else.
        unsafe { libc::posix_spawnattr_destroy(&mut self.0) };
    }
}
