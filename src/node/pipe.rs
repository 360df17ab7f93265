use super::arguments::negated;
use super::reactor::Reactor;
use crate::process::{pipe, set_pipe_size};
use napi::bindgen_prelude::Int32ArraySlice;
use napi_derive::napi;
use std::os::fd::{BorrowedFd, FromRawFd, IntoRawFd, OwnedFd};

/// See js/native.d.ts.
#[napi(js_name = "pipe")]
pub fn open_pipe(mut io: Int32ArraySlice<'_>) -> i32 {
    match pipe() {
        Ok((reader, writer)) => {
            // SAFETY: this call has the array to itself: JavaScript waits for it.
            unsafe { io.as_mut()[..2].copy_from_slice(&[reader.into_raw_fd(), writer.into_raw_fd()]) };
            0
        }
        Err(errno) => negated(errno),
    }
}

/// See js/native.d.ts.
#[napi(js_name = "setPipeSize")]
pub fn resize_pipe(fd: i32, bytes: u32) -> i32 {
    // SAFETY: a descriptor that JavaScript holds open during this call.
    let pipe = unsafe { BorrowedFd::borrow_raw(fd) };
    set_pipe_size(pipe, bytes as usize).map_or_else(negated, |()| 0)
}

/// See js/native.d.ts.
#[napi]
pub fn close_fd(fd: i32) {
    // SAFETY: JavaScript gives it away.
    drop(unsafe { OwnedFd::from_raw_fd(fd) });
}

/// See js/native.d.ts.
#[napi]
pub fn duplicate(fd: i32) -> i32 {
    // SAFETY: a descriptor that JavaScript holds open during this call.
    let fd = unsafe { BorrowedFd::borrow_raw(fd) };
    rustix::io::fcntl_dupfd_cloexec(fd, 3).map_or_else(negated, IntoRawFd::into_raw_fd)
}

/// See js/native.d.ts.
#[napi]
pub fn has_hung_up(fd: i32) -> bool {
    let mut socket = libc::pollfd { fd, events: 0, revents: 0 };
    // SAFETY: one entry, which is ours. Where it fails nothing is known.
    unsafe { libc::poll(&raw mut socket, 1, 0) == 1 && socket.revents & libc::POLLHUP != 0 }
}

/// See js/native.d.ts.
#[napi]
impl Reactor {
    #[napi]
    pub fn hold(&self, fd: i32) {
        // SAFETY: JavaScript gives it away, until it asks for it back.
        self.events.borrow_mut().hold(unsafe { OwnedFd::from_raw_fd(fd) });
    }

    #[napi]
    pub fn release(&self, fd: i32) {
        // JavaScript's again: it closes it.
        let _still_open = self.events.borrow_mut().release(fd).map(IntoRawFd::into_raw_fd);
    }
}
