use super::Peer;
use rustix::fs::{chmod, Mode};
use rustix::io::{fcntl_setfd, ioctl_fionbio, Errno, FdFlags, Result};
use rustix::net::{bind, AddressFamily, SocketAddrUnix, SocketType};
use std::mem;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::path::Path;

fn prepared(fd: OwnedFd) -> Result<OwnedFd> {
    fcntl_setfd(&fd, FdFlags::CLOEXEC)?;
    ioctl_fionbio(&fd, true)?;
    Ok(fd)
}

pub fn socket() -> Result<OwnedFd> {
    prepared(rustix::net::socket(AddressFamily::UNIX, SocketType::STREAM, None)?)
}

pub fn accept(listener: impl AsFd) -> Result<OwnedFd> {
    prepared(rustix::net::accept(listener)?)
}

/// There are none here.
pub fn abstract_name(_name: &[u8]) -> Result<SocketAddrUnix> {
    Err(Errno::OPNOTSUPP)
}

/// Nobody listens yet when the mode is set.
pub fn bind_private(fd: &OwnedFd, name: &SocketAddrUnix, path: &Path) -> Result<()> {
    bind(fd, name)?;
    chmod(path, Mode::RUSR | Mode::WUSR)
}

pub fn peer(socket: impl AsFd) -> Result<Peer> {
    let fd = socket.as_fd().as_raw_fd();
    let (mut uid, mut gid, mut pid) = (0, 0, 0);
    let mut length = mem::size_of::<libc::pid_t>() as libc::socklen_t;
    // SAFETY: plain numbers of the sizes that the calls want.
    let failed = unsafe {
        libc::getpeereid(fd, &mut uid, &mut gid) != 0
            || libc::getsockopt(fd, libc::SOL_LOCAL, libc::LOCAL_PEERPID, (&raw mut pid).cast::<libc::c_void>(), &mut length) != 0
    };
    if failed {
        return Err(Errno::from_io_error(&std::io::Error::last_os_error()).unwrap_or(Errno::INVAL));
    }
    Ok(Peer { pid, uid, gid })
}
