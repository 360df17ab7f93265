//! Memory that unrelated processes find by a name, as shm_open(3) makes it: a file in /dev/shm that only its owner may open.
//!
//! Whoever has it open holds a shared lock on it. So it shows whether a name is left over from processes that are gone, and such a one
//! is replaced. A file of tmpfs cannot be sealed: another process of the same user could shorten it, and end this one by SIGBUS.

use rustix::fs::{
    fallocate, fchmod, flock, fstat, ftruncate, linkat, open, stat, unlink, AtFlags, FallocateFlags, FileType, FlockOperation, Mode,
    OFlags, Stat, CWD,
};
use rustix::io::{Errno, Result};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};

const FOLDER: &str = "/dev/shm";
/// Others are making and removing it at the same time: each round of theirs is one of ours.
const ROUNDS: usize = 100;

fn path_of(name: &str) -> String {
    format!("{FOLDER}/{name}")
}

/// It appears under its name when it is whole, with all its memory: EXIST if there is one that somebody uses, NOSPC without room.
pub fn create(name: &str, length: usize) -> Result<OwnedFd> {
    let file = open(FOLDER, OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC, Mode::RUSR | Mode::WUSR)?;
    // Whatever the umask took away.
    fchmod(&file, Mode::RUSR | Mode::WUSR)?;
    ftruncate(&file, length as u64)?;
    reserve(&file, length)?;
    flock(&file, FlockOperation::NonBlockingLockShared)?;
    // A file without a name gets one through the link that /proc has for it; the direct way takes a privilege.
    let unnamed = format!("/proc/self/fd/{}", file.as_raw_fd());
    for _ in 0..ROUNDS {
        match linkat(CWD, unnamed.as_str(), CWD, path_of(name), AtFlags::SYMLINK_FOLLOW) {
            Err(Errno::EXIST) => remove_stale(name)?,
            result => return result.map(|()| file),
        }
    }
    Err(Errno::EXIST)
}

/// Its memory and how much it is. ACCESS: it is another user's, or one that others may write to.
pub fn open_existing(name: &str) -> Result<(OwnedFd, usize)> {
    for _ in 0..ROUNDS {
        let file = open_file(name)?;
        let about = fstat(&file)?;
        check(&about)?;
        match flock(&file, FlockOperation::NonBlockingLockShared) {
            Ok(()) => {}
            // Somebody finds out right now whether it is in use.
            Err(Errno::WOULDBLOCK) => {
                std::thread::yield_now();
                continue;
            }
            Err(errno) => return Err(errno),
        }
        if !is_at(name, &about)? {
            continue;
        }
        let length = usize::try_from(about.st_size).map_err(|_| Errno::INVAL)?;
        reserve(&file, length)?;
        return Ok((file, length));
    }
    Err(Errno::BUSY)
}

/// Takes the name away if it is still this file's. Those who have it open keep it.
pub fn remove(name: &str, file: impl AsFd) -> Result<()> {
    if is_at(name, &fstat(file)?)? {
        unlink(path_of(name))?;
    }
    Ok(())
}

fn open_file(name: &str) -> Result<OwnedFd> {
    // Not blocking: it might be a pipe.
    match open(path_of(name), OFlags::RDWR | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK, Mode::empty()) {
        // A symbolic link: nothing of ours.
        Err(Errno::LOOP) => Err(Errno::ACCESS),
        result => result,
    }
}

fn check(about: &Stat) -> Result<()> {
    let own = about.st_uid == rustix::process::geteuid().as_raw();
    let private = about.st_mode & 0o077 == 0;
    if FileType::from_raw_mode(about.st_mode) != FileType::RegularFile || !own || !private {
        return Err(Errno::ACCESS);
    }
    if about.st_size == 0 {
        return Err(Errno::INVAL);
    }
    Ok(())
}

/// All of it now: where tmpfs is full, a page that is first touched later would be a SIGBUS.
fn reserve(file: &OwnedFd, length: usize) -> Result<()> {
    fallocate(file, FallocateFlags::empty(), 0, length as u64)
}

fn is_at(name: &str, about: &Stat) -> Result<bool> {
    match stat(path_of(name)) {
        Ok(there) => Ok((there.st_dev, there.st_ino) == (about.st_dev, about.st_ino)),
        Err(Errno::NOENT) => Ok(false),
        Err(errno) => Err(errno),
    }
}

/// EXIST: it is in use, or not ours to remove.
fn remove_stale(name: &str) -> Result<()> {
    let file = match open_file(name) {
        Ok(file) => file,
        Err(Errno::NOENT) => return Ok(()),
        Err(_) => return Err(Errno::EXIST),
    };
    check(&fstat(&file)?).map_err(|_| Errno::EXIST)?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        // While we hold the lock, nobody can begin to use it.
        Ok(()) => remove(name, &file),
        Err(_) => Err(Errno::EXIST),
    }
}
