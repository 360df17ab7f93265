//! Rings that a child gets along with its end of a channel.

use super::arguments::negated;
use crate::ipc::transport::{RingFds, CAPACITY};
use napi::bindgen_prelude::Int32ArraySlice;
use napi_derive::napi;
use rustix::io::{fcntl_setfd, Errno, FdFlags};
use std::os::fd::{FromRawFd, IntoRawFd, OwnedFd, RawFd};

/// See js/native.d.ts.
#[napi]
pub fn create_ring(mut io: Int32ArraySlice<'_>) -> i32 {
    // SAFETY: this call has the array to itself: JavaScript waits for it.
    let Some(places) = unsafe { io.as_mut() }.first_chunk_mut::<3>() else { return negated(Errno::INVAL) };
    match RingFds::create(CAPACITY) {
        Ok(RingFds { memory, bells: [bell_0, bell_1] }) => {
            *places = [memory, bell_0, bell_1].map(IntoRawFd::into_raw_fd);
            0
        }
        Err(errno) => negated(errno),
    }
}

/// What JavaScript gives away to open a channel with a ring, and which end of it this is.
pub fn adopt(ring: &[i32]) -> Result<(RingFds, usize), Errno> {
    let [memory, bell_0, bell_1, end @ (0 | 1)] = *ring else { return Err(Errno::INVAL) };
    if [memory, bell_0, bell_1].iter().any(|fd| *fd < 0) {
        return Err(Errno::BADF);
    }
    // SAFETY: JavaScript gives them away.
    let own = |fd: RawFd| unsafe { OwnedFd::from_raw_fd(fd) };
    let fds = RingFds { memory: own(memory), bells: [own(bell_0), own(bell_1)] };
    for fd in fds.as_fds() {
        // A child has inherited them, and its own children are not to.
        fcntl_setfd(fd, FdFlags::CLOEXEC)?;
    }
    Ok((fds, end as usize))
}
