//! Whether a change of uid or gid will be allowed, known before anything is started: Node throws EPERM synchronously.

use crate::command::Command;
use rustix::io::{Errno, Result};
use std::mem::MaybeUninit;

pub fn check(command: &Command) -> Result<()> {
    // SAFETY: reads a number.
    let effective = unsafe { libc::geteuid() };
    if effective == 0 {
        return Ok(());
    }
    let own = own_ids()?;
    let allowed = command.gid.is_none_or(|gid| [own.pbi_rgid, own.pbi_svgid].contains(&gid))
        && command.uid.is_none_or(|uid| [own.pbi_ruid, own.pbi_svuid].contains(&uid));
    if allowed {
        Ok(())
    } else {
        Err(Errno::PERM)
    }
}

/// The saved ids are among them, which no system call tells here.
fn own_ids() -> Result<libc::proc_bsdinfo> {
    let mut info = MaybeUninit::<libc::proc_bsdinfo>::uninit();
    let size = size_of::<libc::proc_bsdinfo>() as i32;
    // SAFETY: room for `size` bytes; the result says how many were written.
    unsafe {
        if libc::proc_pidinfo(libc::getpid(), libc::PROC_PIDTBSDINFO, 0, info.as_mut_ptr().cast(), size) != size {
            return Err(Errno::from_io_error(&std::io::Error::last_os_error()).unwrap_or(Errno::PERM));
        }
        Ok(info.assume_init())
    }
}
