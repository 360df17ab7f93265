//! Unix sockets that others of this machine can find: by a path, or by an abstract name, which leaves no file behind.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;

#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(target_os = "macos")]
use macos as platform;

use rustix::fs::{flock, lstat, open, unlink, FileType, FlockOperation, Mode, OFlags, Stat};
use rustix::io::{Errno, Result};
use rustix::net::SocketAddrUnix;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};

pub use platform::{accept, peer};

/// Who is at the other end, by the kernel's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    pub pid: i32,
    pub uid: u32,
    pub gid: u32,
}

/// As it stands in a variable of the environment: a path, or `@name` for an abstract name. A path that begins with `@` is written `./@…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    Path(PathBuf),
    Abstract(Vec<u8>),
}

impl Address {
    pub fn parse(text: &str) -> Result<Self> {
        match text.strip_prefix('@') {
            Some("") => Err(Errno::INVAL),
            Some(name) => Ok(Address::Abstract(name.as_bytes().to_vec())),
            None if text.is_empty() || text.contains('\0') => Err(Errno::INVAL),
            None => Ok(Address::Path(text.into())),
        }
    }

    /// ENAMETOOLONG past some hundred bytes, which is the kernel's bound.
    fn of_socket(&self) -> Result<SocketAddrUnix> {
        match self {
            Address::Path(path) => SocketAddrUnix::new(path),
            Address::Abstract(name) => platform::abstract_name(name),
        }
    }
}

/// The other end has accepted, or will.
pub fn connect(address: &Address) -> Result<OwnedFd> {
    let socket = platform::socket()?;
    // Never a wait: EAGAIN where the listener's queue is full.
    rustix::net::connect(&socket, &address.of_socket()?)?;
    Ok(socket)
}

/// The file of a socket, by which it is found again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SocketFile {
    pub path: PathBuf,
    pub device: u64,
    pub inode: u64,
}

impl SocketFile {
    /// Unless another one is at its place by now.
    pub fn remove(&self) -> Result<()> {
        let there = lstat(&self.path)?;
        if (device_of(&there), there.st_ino) == (self.device, self.inode) {
            unlink(&self.path)?;
        }
        Ok(())
    }
}

#[derive(Debug)]
pub struct Listener {
    fd: OwnedFd,
    /// Of an address that is a path.
    pub file: Option<SocketFile>,
}

impl Listener {
    /// Only this user can connect to a path (mode 0600). EADDRINUSE where somebody listens already, or where something stands that is no
    /// socket; a socket that was left behind is replaced.
    pub fn bind(address: &Address, backlog: i32) -> Result<Self> {
        let fd = platform::socket()?;
        let name = address.of_socket()?;
        let Address::Path(path) = address else {
            rustix::net::bind(&fd, &name)?;
            rustix::net::listen(&fd, backlog)?;
            return Ok(Listener { fd, file: None });
        };
        match platform::bind_private(&fd, &name, path) {
            Err(Errno::ADDRINUSE) => replace(&fd, &name, path)?,
            result => result?,
        }
        let there = lstat(path)?;
        let file = SocketFile { path: path.clone(), device: device_of(&there), inode: there.st_ino };
        if let Err(errno) = rustix::net::listen(&fd, backlog) {
            // It is of no use to anybody.
            let _left = file.remove();
            return Err(errno);
        }
        Ok(Listener { fd, file: Some(file) })
    }

    /// The file, if there is one, stays: that is the caller's from here on.
    pub fn into_fd(self) -> OwnedFd {
        self.fd
    }
}

impl AsFd for Listener {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

/// Takes the place of a socket that nobody listens at. Two that want to at the same time must not remove each other's: whoever holds the
/// lock of the folder does it, which goes with its holder and leaves nothing behind.
fn replace(fd: &OwnedFd, name: &SocketAddrUnix, path: &Path) -> Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let lock = open(folder, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
    // Somebody else is at it in this moment.
    flock(&lock, FlockOperation::NonBlockingLockExclusive).map_err(|_| Errno::ADDRINUSE)?;
    match lstat(path) {
        Ok(there) if FileType::from_raw_mode(there.st_mode) != FileType::Socket => return Err(Errno::ADDRINUSE),
        Ok(_) => {
            let probe = platform::socket()?;
            match rustix::net::connect(&probe, name) {
                Err(Errno::CONNREFUSED) => unlink(path)?,
                // Alive, also where its queue is full (EAGAIN) or where it is another user's (EACCES).
                _ => return Err(Errno::ADDRINUSE),
            }
        }
        Err(Errno::NOENT) => {}
        Err(errno) => return Err(errno),
    }
    platform::bind_private(fd, name, path)
}

#[allow(clippy::unnecessary_cast)] // not the same type on every platform
fn device_of(stat: &Stat) -> u64 {
    stat.st_dev as u64
}

#[cfg(test)]
mod tests;
