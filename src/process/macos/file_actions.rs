//! What posix_spawn does with descriptors and the working directory in the child, before it runs the program.

use rustix::io::{Errno, Result};
use std::ffi::CStr;
use std::ptr;

/// The result of a posix_spawn function: an errno, not -1.
pub fn checked(result: i32) -> Result<()> {
    match result {
        0 => Ok(()),
        errno => Err(Errno::from_raw_os_error(errno)),
    }
}

pub struct FileActions(libc::posix_spawn_file_actions_t);

impl FileActions {
    /// Entry i of `fds` becomes descriptor i; below 0 is /dev/null for 0 to 2, and nothing above.
    pub fn new(cwd: Option<&CStr>, fds: &[i32]) -> Result<Self> {
        let mut actions = ptr::null_mut();
        // SAFETY: initialised here, destroyed by `drop`.
        checked(unsafe { libc::posix_spawn_file_actions_init(&mut actions) })?;
        let mut actions = FileActions(actions);
        // In libuv's order: the directory first.
        if let Some(cwd) = cwd {
            // SAFETY: the path is copied.
            checked(unsafe { libc::posix_spawn_file_actions_addchdir_np(&mut actions.0, cwd.as_ptr()) })?;
        }
        let mut fds = fds.to_vec();
        let lifted = actions.lift(&mut fds)?;
        for (target, &source) in (0..).zip(&fds) {
            actions.place(source, target)?;
        }
        for fd in lifted {
            // SAFETY: a number, open in the child by then.
            checked(unsafe { libc::posix_spawn_file_actions_addclose(&mut actions.0, fd) })?;
        }
        Ok(actions)
    }

    /// Moves every source up that a later dup would overwrite, as when stdout and stderr change places. Returns where to.
    fn lift(&mut self, fds: &mut [i32]) -> Result<Vec<i32>> {
        let mut lifted = Vec::new();
        let mut free = fds.len() as i32;
        for target in 0..fds.len() {
            let source = fds[target];
            if source < 0 || source as usize >= target {
                continue;
            }
            // The child's descriptors are not open there yet, but a source may be.
            while fds.contains(&free) {
                free += 1;
            }
            self.duplicate(source, free)?;
            fds[target] = free;
            lifted.push(free);
        }
        Ok(lifted)
    }

    fn place(&mut self, source: i32, target: i32) -> Result<()> {
        if source == target {
            // A dup onto itself would leave POSIX_SPAWN_CLOEXEC_DEFAULT in force.
            // SAFETY: numbers only.
            checked(unsafe { posix_spawn_file_actions_addinherit_np(&mut self.0, target) })
        } else if source >= 0 {
            self.duplicate(source, target)
        } else if target <= 2 {
            let flags = if target == 0 { libc::O_RDONLY } else { libc::O_RDWR };
            // SAFETY: a constant path.
            checked(unsafe { libc::posix_spawn_file_actions_addopen(&mut self.0, target, c"/dev/null".as_ptr(), flags, 0) })
        } else {
            Ok(())
        }
    }

    fn duplicate(&mut self, source: i32, target: i32) -> Result<()> {
        // SAFETY: numbers only.
        checked(unsafe { libc::posix_spawn_file_actions_adddup2(&mut self.0, source, target) })
    }

    pub fn as_ptr(&self) -> *const libc::posix_spawn_file_actions_t {
        &self.0
    }
}

impl Drop for FileActions {
    fn drop(&mut self) {
        // SAFETY: initialised by `new`. Fails for what is not initialised, and for nothing else.
        unsafe { libc::posix_spawn_file_actions_destroy(&mut self.0) };
    }
}

extern "C" {
    /// In <spawn.h> since macOS 10.7, and not in the libc crate.
    fn posix_spawn_file_actions_addinherit_np(actions: *mut libc::posix_spawn_file_actions_t, fd: libc::c_int) -> libc::c_int;
}
