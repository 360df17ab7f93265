//! Bytes and descriptors of a task, from JavaScript.

use super::external;
use super::pieces::Piece;
use super::watch::Shared;
use crate::pool::bytes::{Bytes, Frame, Memory, Segment, Sharing};
use napi::bindgen_prelude::{JsValue, Unknown};
use napi::{sys, Env};
use rustix::io::{fcntl_dupfd_cloexec, Errno, Result};
use std::os::fd::{BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::{ptr, slice};

/// A Uint8Array, which nobody detaches as long as the call goes on that it was passed to.
struct Given {
    start: *const u8,
    length: usize,
    buffer: sys::napi_value,
}

/// The bytes of a task, which are not copied yet.
pub struct Segments<'a> {
    given: Vec<Given>,
    types: &'a [u8],
}

impl<'a> Segments<'a> {
    /// EINVAL: something else than as many Uint8Arrays as there are types.
    pub fn new(env: Env, arrays: &[Unknown<'_>], types: &'a str) -> Result<Self> {
        let types = types.as_bytes();
        if arrays.len() != types.len() || !types.iter().all(|kind| matches!(kind, b'b' | b'l' | b'u')) {
            return Err(Errno::INVAL);
        }
        let given = arrays.iter().map(|array| bytes_of(env, array.raw())).collect::<Option<_>>().ok_or(Errno::INVAL)?;
        Ok(Segments { given, types })
    }

    pub fn length(&self) -> usize {
        self.given.iter().map(|given| given.length).sum()
    }

    /// Copies them, but for what was allocated for this memory: that is taken away from its ArrayBuffer.
    pub fn take(self, events: &Shared, env: Env, memory: &Memory, sharing: Sharing) -> Vec<Segment> {
        // What is copied once more for each worker waits in memory that none of them sees.
        let shared = (sharing == Sharing::Given).then_some(memory);
        let take = |(given, kind): (Given, &u8)| match allocated(events, env, &given, *kind, memory) {
            Some(piece) => Segment { kind: *kind, bytes: piece },
            // SAFETY: `given` says so many bytes are there, and V8 waits for this call to return.
            None => Segment::copy(*kind, unsafe { slice::from_raw_parts(given.start, given.length) }, shared),
        };
        self.given.into_iter().zip(self.types).map(take).collect()
    }
}

fn bytes_of(env: Env, array: sys::napi_value) -> Option<Given> {
    let (mut kind, mut length, mut start) = (0, 0, ptr::null_mut());
    let (mut buffer, mut offset) = (ptr::null_mut(), 0);
    // SAFETY: on the environment's thread; a value of the call that asks.
    let status = unsafe { sys::napi_get_typedarray_info(env.raw(), array, &mut kind, &mut length, &mut start, &mut buffer, &mut offset) };
    if status != sys::Status::napi_ok || kind != sys::TypedarrayType::uint8_array {
        return None;
    }
    // An empty one may be nowhere.
    let start = if start.is_null() { ptr::NonNull::dangling().as_ptr() } else { start.cast::<u8>() };
    Some(Given { start, length, buffer })
}

/// The piece itself, where the array is all of one of ours that workers can be given.
fn allocated(events: &Shared, env: Env, given: &Given, kind: u8, memory: &Memory) -> Option<Bytes> {
    if kind != b'b' || external::place_of(env, given.buffer)? != (given.start as usize, given.length) {
        return None;
    }
    let mut events = events.borrow_mut();
    let slab = match events.pieces.find(env, given.buffer)? {
        Piece::Allocated(piece) => piece.slab(),
        Piece::Received(..) => return None,
    };
    if !memory.adopt(&slab) {
        return None;
    }
    match events.pieces.detach(env, given.buffer)? {
        Piece::Allocated(piece) => Some(Bytes::Piece(Arc::new(piece))),
        Piece::Received(..) => None,
    }
}

/// Descriptors of JavaScript's own, once more.
pub fn duplicates(fds: &[i32]) -> Result<Vec<OwnedFd>> {
    let duplicate = |fd: &i32| {
        if *fd < 0 {
            return Err(Errno::BADF);
        }
        // SAFETY: a descriptor that JavaScript holds open during this call.
        fcntl_dupfd_cloexec(unsafe { BorrowedFd::borrow_raw(*fd) }, 3)
    };
    fds.iter().map(duplicate).collect()
}

pub struct Described<'a> {
    pub id: u32,
    pub name: &'a str,
    pub tagged: bool,
    pub json: &'a str,
    pub handles: Vec<OwnedFd>,
    pub sharing: Sharing,
}

impl Described<'_> {
    /// A request with these bytes.
    pub fn frame(self, segments: Vec<Segment>) -> Frame {
        Frame::parts(&format!("Q{}", self.id), self.tagged, self.name, self.json, segments, self.handles, self.sharing)
    }
}
