//! Unix stream sockets between this process and its children.

use rustix::io::{fcntl_setfd, ioctl_fionbio, Errno, FdFlags, Result};
use rustix::net::sockopt::set_socket_nosigpipe;
use rustix::net::{socketpair, AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType};
use std::os::fd::OwnedFd;

/// The kernel has no MSG_NOSIGNAL and waits for room despite MSG_DONTWAIT: the socket itself is told, by [`prepare`].
pub const SEND: SendFlags = SendFlags::empty();
pub const RECEIVE: RecvFlags = RecvFlags::DONTWAIT;

/// This process's end, prepared for [`SEND`], and the child's, which waits as programs expect. Close-on-exec: not from the start, since
/// the kernel cannot, but every child that libuv or this crate starts gets the descriptors it was meant to get and no others.
pub fn pair() -> Result<(OwnedFd, OwnedFd)> {
    let (ours, theirs) = socketpair(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::empty(), None)?;
    fcntl_setfd(&ours, FdFlags::CLOEXEC)?;
    fcntl_setfd(&theirs, FdFlags::CLOEXEC)?;
    prepare(&ours)?;
    Ok((ours, theirs))
}

/// Makes a socket of whatever origin fit for [`SEND`] and [`RECEIVE`].
pub fn prepare(socket: &OwnedFd) -> Result<()> {
    set_socket_nosigpipe(socket, true)?;
    ioctl_fionbio(socket, true)
}

/// Takes over a descriptor received with [`RECEIVE`]: the kernel has no MSG_CMSG_CLOEXEC.
pub fn keep(received: OwnedFd) -> Result<OwnedFd> {
    fcntl_setfd(&received, FdFlags::CLOEXEC)?;
    Ok(received)
}

/// The error of a send: AGAIN for everything that passes by itself.
pub fn send_error(errno: Errno, with_handle: bool) -> Errno {
    match errno {
        Errno::NOBUFS | Errno::TOOMANYREFS => Errno::AGAIN,
        // No room for the descriptor beside the bytes.
        Errno::MSGSIZE if with_handle => Errno::AGAIN,
        // The peer is just closing; libuv reports it so as well.
        Errno::PROTOTYPE => Errno::CONNRESET,
        errno => errno,
    }
}
