use super::Peer;
use rustix::fs::{fchmod, Mode};
use rustix::io::{Errno, Result};
use rustix::net::{accept_with, bind, socket_with, AddressFamily, SocketAddrUnix, SocketFlags, SocketType};
use std::mem;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::path::Path;

const FLAGS: SocketFlags = SocketFlags::CLOEXEC.union(SocketFlags::NONBLOCK);

pub fn socket() -> Result<OwnedFd> {
    socket_with(AddressFamily::UNIX, SocketType::STREAM, FLAGS, None)
}

pub fn accept(listener: impl AsFd) -> Result<OwnedFd> {
    accept_with(listener, FLAGS)
}

pub fn abstract_name(name: &[u8]) -> Result<SocketAddrUnix> {
    SocketAddrUnix::new_abstract_name(name)
}

/// The mode of the file is the socket's own, less the umask: so there is no moment in which others could connect.
pub fn bind_private(fd: &OwnedFd, name: &SocketAddrUnix, _path: &Path) -> Result<()> {
    fchmod(fd, Mode::RUSR | Mode::WUSR)?;
    bind(fd, name)
}

pub fn peer(socket: impl AsFd) -> Result<Peer> {
    // Not by rustix, whose pid cannot be 0, as that of a process out of sight (another pid namespace) is.
    let mut credentials = libc::ucred { pid: 0, uid: 0, gid: 0 };
    let mut length = mem::size_of::<libc::ucred>() as libc::socklen_t;
    let fd = socket.as_fd().as_raw_fd();
    // SAFETY: the kernel writes at most `length` bytes of plain numbers.
    let status =
        unsafe { libc::getsockopt(fd, libc::SOL_SOCKET, libc::SO_PEERCRED, (&raw mut credentials).cast::<libc::c_void>(), &mut length) };
    if status != 0 {
        return Err(Errno::from_io_error(&std::io::Error::last_os_error()).unwrap_or(Errno::INVAL));
    }
    Ok(Peer { pid: credentials.pid, uid: credentials.uid, gid: credentials.gid })
}
