//! The few functions of libuv that Node exports and this addon uses. Stable across every libuv 1.x.

use std::ffi::{c_int, c_void};

/// Any handle. Opaque: allocated by the size that libuv itself names.
#[repr(C)]
pub struct Handle {
    _opaque: [u8; 0],
}

#[repr(C)]
pub struct Loop {
    _opaque: [u8; 0],
}

/// Of `uv_handle_type`.
pub const POLL_TYPE: c_int = 8;
pub const TIMER_TYPE: c_int = 13;
/// Of `uv_poll_event`.
pub const READABLE: c_int = 1;
pub const WRITABLE: c_int = 2;

pub type PollCallback = unsafe extern "C" fn(*mut Handle, c_int, c_int);
pub type TimerCallback = unsafe extern "C" fn(*mut Handle);
pub type CloseCallback = unsafe extern "C" fn(*mut Handle);

extern "C" {
    pub fn uv_handle_size(kind: c_int) -> usize;
    pub fn uv_poll_init(event_loop: *mut Loop, handle: *mut Handle, fd: c_int) -> c_int;
    /// With no events it stops watching.
    pub fn uv_poll_start(handle: *mut Handle, events: c_int, callback: PollCallback) -> c_int;
    pub fn uv_timer_init(event_loop: *mut Loop, handle: *mut Handle) -> c_int;
    /// Milliseconds; 0 fires in the next turn of the loop.
    pub fn uv_timer_start(handle: *mut Handle, callback: TimerCallback, timeout: u64, repeat: u64) -> c_int;
    /// Stops watching at once, so that the descriptor may be closed after it; calls back in a later turn.
    pub fn uv_close(handle: *mut Handle, callback: CloseCallback);
    pub fn uv_ref(handle: *mut Handle);
    pub fn uv_unref(handle: *mut Handle);
    pub fn uv_handle_get_data(handle: *const Handle) -> *mut c_void;
    pub fn uv_handle_set_data(handle: *mut Handle, data: *mut c_void);
}
