//! The few functions of libuv that Node exports and this addon uses. Stable across every libuv 1.x.

use std::ffi::{c_int, c_void};

/// Opaque: allocated by the size that libuv itself names.
#[repr(C)]
pub struct Poll {
    _opaque: [u8; 0],
}

#[repr(C)]
pub struct Loop {
    _opaque: [u8; 0],
}

/// `uv_handle_type::UV_POLL`.
pub const POLL_TYPE: c_int = 8;
pub const READABLE: c_int = 1;

pub type PollCallback = unsafe extern "C" fn(*mut Poll, c_int, c_int);
pub type CloseCallback = unsafe extern "C" fn(*mut Poll);

extern "C" {
    pub fn uv_handle_size(kind: c_int) -> usize;
    pub fn uv_poll_init(event_loop: *mut Loop, handle: *mut Poll, fd: c_int) -> c_int;
    pub fn uv_poll_start(handle: *mut Poll, events: c_int, callback: PollCallback) -> c_int;
    pub fn uv_close(handle: *mut Poll, callback: CloseCallback);
    pub fn uv_ref(handle: *mut Poll);
    pub fn uv_unref(handle: *mut Poll);
    pub fn uv_handle_get_data(handle: *const Poll) -> *mut c_void;
    pub fn uv_handle_set_data(handle: *mut Poll, data: *mut c_void);
}
