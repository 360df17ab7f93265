//! Sockets that others can find: js/native.d.ts.

use super::arguments::negated;
use super::reactor::Reactor;
use crate::ipc::local::{self, Address, Listener, SocketFile};
use napi::bindgen_prelude::{Float64ArraySlice, Int32ArraySlice};
use napi_derive::napi;
use rustix::io::{Errno, Result};
use std::os::fd::{BorrowedFd, FromRawFd, IntoRawFd, OwnedFd};

fn fd_or_errno(result: Result<OwnedFd>) -> i32 {
    result.map_or_else(negated, IntoRawFd::into_raw_fd)
}

/// See js/native.d.ts.
#[napi]
pub fn listen_local(address: String, backlog: i32, mut file: Float64ArraySlice<'_>) -> i32 {
    let bound = Address::parse(&address).and_then(|address| Listener::bind(&address, backlog));
    if let (Ok(Listener { file: Some(made), .. }), Some(_)) = (&bound, file.get(1)) {
        // SAFETY: this call has the array to itself: JavaScript waits for it.
        let file = unsafe { file.as_mut() };
        file[0] = made.device as f64;
        file[1] = made.inode as f64;
    }
    fd_or_errno(bound.map(Listener::into_fd))
}

/// See js/native.d.ts.
#[napi]
pub fn unlink_local(path: String, device: f64, inode: f64) -> i32 {
    SocketFile { path: path.into(), device: device as u64, inode: inode as u64 }.remove().map_or_else(negated, |()| 0)
}

/// See js/native.d.ts.
#[napi]
pub fn connect_local(address: String) -> i32 {
    fd_or_errno(Address::parse(&address).and_then(|address| local::connect(&address)))
}

/// See js/native.d.ts.
#[napi]
impl Reactor {
    #[napi]
    pub fn watch_door(&self, fd: i32) -> i32 {
        // SAFETY: JavaScript gives it away.
        let socket = unsafe { OwnedFd::from_raw_fd(fd) };
        self.events.borrow_mut().insert_door(socket).map_or_else(negated, |id| id as i32)
    }
}

/// See js/native.d.ts.
#[napi]
pub fn accept_local(fd: i32) -> i32 {
    // SAFETY: JavaScript holds it open during this call.
    fd_or_errno(local::accept(unsafe { BorrowedFd::borrow_raw(fd) }))
}

/// See js/native.d.ts.
#[napi]
pub fn peer_credentials(fd: i32, mut io: Int32ArraySlice<'_>) -> i32 {
    if io.len() < 3 {
        return negated(Errno::INVAL);
    }
    // SAFETY: JavaScript holds it open during this call.
    match local::peer(unsafe { BorrowedFd::borrow_raw(fd) }) {
        Ok(peer) => {
            // SAFETY: this call has the array to itself: JavaScript waits for it.
            let io = unsafe { io.as_mut() };
            (io[0], io[1], io[2]) = (peer.pid, peer.uid as i32, peer.gid as i32);
            0
        }
        Err(errno) => negated(errno),
    }
}
