//! A program as a file that has no name and that nobody can change.

use rustix::fs::{fcntl_add_seals, memfd_create, open, MemfdFlags, Mode, OFlags, SealFlags};
use rustix::io::{fcntl_dupfd_cloexec, Errno, Result};
use std::env;
use std::os::fd::{AsRawFd, OwnedFd};

pub fn of(program: &[u8]) -> Result<OwnedFd> {
    // Where memory may not be executed (vm.memfd_noexec=2), a file perhaps may.
    let file = in_memory(program).or_else(|refused| in_a_folder(program).map_err(|_| refused))?;
    // Not one of the descriptors that its process gets others for, should this process have closed its own.
    fcntl_dupfd_cloexec(&file, 3)
}

fn in_memory(program: &[u8]) -> Result<OwnedFd> {
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    // Before Linux 6.3 there was no flag for what is to be executed.
    let file = match memfd_create(c"procs-keeper", flags | MemfdFlags::EXEC) {
        Err(Errno::INVAL) => memfd_create(c"procs-keeper", flags)?,
        result => result?,
    };
    write(&file, program)?;
    fcntl_add_seals(&file, SealFlags::WRITE | SealFlags::GROW | SealFlags::SHRINK | SealFlags::SEAL)?;
    Ok(file)
}

fn in_a_folder(program: &[u8]) -> Result<OwnedFd> {
    let writable = open(env::temp_dir(), OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC, Mode::RUSR | Mode::XUSR)?;
    write(&writable, program)?;
    // As long as a file is open for writing it cannot be executed.
    open(format!("/proc/self/fd/{}", writable.as_raw_fd()), OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())
}

fn write(file: &OwnedFd, mut rest: &[u8]) -> Result<()> {
    while !rest.is_empty() {
        rest = &rest[rustix::io::write(file, rest)?..];
    }
    Ok(())
}
