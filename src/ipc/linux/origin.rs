//! Where a socket comes from.

use crate::ipc::local;
use rustix::net::{getpeername, getsockname, SocketAddrAny};
use std::os::fd::BorrowedFd;

/// Whether this process has made the pair that a Unix socket is one end of, or has accepted the connection: of two ends, one at most
/// is told so, unless one process has both ends of a pair.
pub fn is_ours(socket: BorrowedFd<'_>) -> bool {
    if getsockname(socket).is_ok_and(|address| has_name(&address)) {
        return true;
    }
    match getpeername(socket) {
        // We have connected to it.
        Ok(Some(peer)) if has_name(&peer) => false,
        // Of a pair, both ends say who has made it.
        Ok(_) => local::peer(socket).is_ok_and(|maker| maker.pid == std::process::id() as i32),
        Err(_) => false,
    }
}

/// The address of a Unix socket without a name is the family alone.
fn has_name(address: &SocketAddrAny) -> bool {
    address.addr_len() as usize > std::mem::size_of::<libc::sa_family_t>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::socket;
    use std::os::fd::AsFd;
    use std::os::unix::net::{UnixListener, UnixStream};

    #[test]
    fn who_accepts_is_the_maker_and_who_connects_is_not() {
        let path = std::env::temp_dir().join(format!("procs-origin-{}", std::process::id()));
        let listener = UnixListener::bind(&path).unwrap();
        let client = UnixStream::connect(&path).unwrap();
        let (server, _) = listener.accept().unwrap();
        std::fs::remove_file(&path).unwrap();
        assert!(is_ours(server.as_fd()));
        assert!(!is_ours(client.as_fd()));
    }

    #[test]
    fn of_a_pair_it_is_who_has_made_it() {
        let (a, _b) = socket::pair().unwrap();
        assert!(is_ours(a.as_fd()));
        // What a child has that inherits the other end is tested from JavaScript, with a child.
    }

    #[test]
    fn what_is_no_socket_is_nobodys() {
        assert!(!is_ours(std::fs::File::open("/dev/null").unwrap().as_fd()));
    }
}
