//! Whether a change of uid or gid will be allowed, known before anything is started: Node throws EPERM synchronously.

use crate::command::Command;
use rustix::io::{Errno, Result};
use rustix::process::{getegid, geteuid, getgid, getuid};
use rustix::thread::{capabilities, CapabilitySet};

/// `setuid(-1)` and `setgid(-1)` mean "leave it" elsewhere and are EINVAL here.
const NOBODY_AT_ALL: u32 = u32::MAX;

pub fn check(command: &Command) -> Result<()> {
    if let Some(gid) = command.gid {
        allowed(gid, [getgid().as_raw(), getegid().as_raw()], CapabilitySet::SETGID)?;
    }
    if let Some(uid) = command.uid {
        allowed(uid, [getuid().as_raw(), geteuid().as_raw()], CapabilitySet::SETUID)?;
    }
    Ok(())
}

fn allowed(wanted: u32, own: [u32; 2], capability: CapabilitySet) -> Result<()> {
    if wanted == NOBODY_AT_ALL {
        return Err(Errno::INVAL);
    }
    if own.contains(&wanted) || capabilities(None)?.effective.contains(capability) {
        return Ok(());
    }
    Err(Errno::PERM)
}

/// Whether the memory of this process may be dumped and traced: a child that shares it clears that when it changes credentials.
pub fn is_dumpable() -> bool {
    // SAFETY: reads a number.
    unsafe { libc::prctl(libc::PR_GET_DUMPABLE, 0, 0, 0, 0) == 1 }
}
