use super::arguments::negated;
use crate::process::pty;
use napi::bindgen_prelude::Int32ArraySlice;
use napi_derive::napi;
use rustix::io::Errno;
use std::os::fd::{BorrowedFd, IntoRawFd};

/// See js/native.d.ts.
#[napi]
pub fn open_pty(columns: u16, rows: u16, mut io: Int32ArraySlice<'_>) -> i32 {
    match pty::open(pty::size(columns, rows)) {
        Ok((ours, theirs)) => {
            // SAFETY: this call has the array to itself: JavaScript waits for it.
            let io = unsafe { io.as_mut() };
            io[0] = ours.into_raw_fd();
            io[1] = theirs.into_raw_fd();
            0
        }
        Err(errno) => negated(errno),
    }
}

/// See js/native.d.ts.
#[napi]
pub fn resize_pty(fd: i32, columns: u16, rows: u16) -> i32 {
    if fd < 0 {
        return negated(Errno::BADF);
    }
    // SAFETY: a descriptor that JavaScript holds open during this call.
    let fd = unsafe { BorrowedFd::borrow_raw(fd) };
    pty::resize(fd, pty::size(columns, rows)).map_or_else(negated, |()| 0)
}
