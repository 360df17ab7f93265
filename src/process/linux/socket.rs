//! Unix stream sockets between this process and its children.

use rustix::io::{Errno, Result};
use rustix::net::{socketpair, AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType};
use std::os::fd::OwnedFd;

/// Never a wait, never a SIGPIPE.
pub const SEND: SendFlags = SendFlags::DONTWAIT.union(SendFlags::NOSIGNAL);
/// Never a wait, and descriptors that come in are close-on-exec from the start.
pub const RECEIVE: RecvFlags = RecvFlags::DONTWAIT.union(RecvFlags::CMSG_CLOEXEC);

/// This process's end and the child's, both close-on-exec. Default buffers: Node 22 and later shrink theirs to 64 KiB, which costs big
/// writers up to half their speed.
pub fn pair() -> Result<(OwnedFd, OwnedFd)> {
    socketpair(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None)
}

/// Makes a socket of whatever origin fit for [`SEND`] and [`RECEIVE`].
pub fn prepare(socket: &OwnedFd) -> Result<()> {
    rustix::io::ioctl_fionbio(socket, true)
}

/// Takes over a descriptor received with [`RECEIVE`].
pub fn keep(received: OwnedFd) -> Result<OwnedFd> {
    Ok(received)
}

/// The error of a send: AGAIN for everything that passes by itself.
pub fn send_error(errno: Errno, _with_handle: bool) -> Errno {
    match errno {
        // Out of memory for the moment, or too many descriptors in flight: like a full buffer.
        Errno::NOBUFS | Errno::TOOMANYREFS => Errno::AGAIN,
        errno => errno,
    }
}
