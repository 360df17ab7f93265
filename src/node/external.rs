//! Memory of ours as an ArrayBuffer of JavaScript's, without a copy.

use napi::{sys, Env};
use std::any::Any;
use std::ffi::c_void;
use std::ptr;

/// What keeps the memory there, and is dropped when nobody has the ArrayBuffer any more, on the thread of the environment: Node calls
/// finalizers of such memory in a turn of its own, not from within the garbage collection or a detach.
pub type Keep = Box<dyn Any>;

/// Where the runtime allows no such memory (Electron), `keep` comes back.
///
/// # Safety
/// `keep` keeps so many bytes at `start` readable and writable, and this is the thread of `env`.
pub unsafe fn array_buffer(env: Env, start: *mut u8, length: usize, keep: Keep) -> Result<sys::napi_value, Option<Keep>> {
    let keep = Box::into_raw(Box::new(keep));
    let mut value = ptr::null_mut();
    // SAFETY: the caller's promise; `free` gets it back, which happens only if this succeeds. V8 counts the bytes as its own.
    let status = unsafe { sys::napi_create_external_arraybuffer(env.raw(), start.cast(), length, Some(free), keep.cast(), &mut value) };
    if status == sys::Status::napi_ok {
        return Ok(value);
    }
    clear_exception(env);
    if status == sys::Status::napi_generic_failure {
        // Node had taken it already, and frees it when what it made of it is collected.
        return Err(None);
    }
    // SAFETY: not given away.
    Err(Some(*unsafe { Box::from_raw(keep) }))
}

/// One of V8's own with the same bytes.
///
/// # Safety
/// There are so many bytes to read at `start`, and this is the thread of `env`.
pub unsafe fn copied_array_buffer(env: Env, start: *const u8, length: usize) -> Option<sys::napi_value> {
    let (mut value, mut copy) = (ptr::null_mut(), ptr::null_mut());
    // SAFETY: as many bytes as it was asked for.
    unsafe {
        if sys::napi_create_arraybuffer(env.raw(), length, &mut copy, &mut value) != sys::Status::napi_ok {
            clear_exception(env);
            return None;
        }
        ptr::copy_nonoverlapping(start, copy.cast(), length);
    }
    Some(value)
}

unsafe extern "C" fn free(_env: sys::napi_env, _start: *mut c_void, keep: *mut c_void) {
    // SAFETY: made by `Box::into_raw`, given away once.
    drop(unsafe { Box::from_raw(keep.cast::<Keep>()) });
}

/// Where the bytes of an ArrayBuffer are, and how many: none of one that is detached, or is no ArrayBuffer.
pub fn place_of(env: Env, buffer: sys::napi_value) -> Option<(usize, usize)> {
    let (mut start, mut length) = (ptr::null_mut(), 0);
    let mut is_buffer = false;
    // SAFETY: on the environment's thread; a value of the call that asks.
    unsafe {
        if sys::napi_is_arraybuffer(env.raw(), buffer, &mut is_buffer) != sys::Status::napi_ok || !is_buffer {
            return None;
        }
        if sys::napi_get_arraybuffer_info(env.raw(), buffer, &mut start, &mut length) != sys::Status::napi_ok {
            return None;
        }
    }
    (!start.is_null()).then_some((start as usize, length))
}

/// Takes its memory away from an ArrayBuffer. False: it keeps it.
pub fn detach(env: Env, buffer: sys::napi_value) -> bool {
    // SAFETY: as above.
    let detached = unsafe { sys::napi_detach_arraybuffer(env.raw(), buffer) } == sys::Status::napi_ok;
    if !detached {
        clear_exception(env);
    }
    detached
}

/// What V8 throws itself says less than what is said in its place.
fn clear_exception(env: Env) {
    let mut exception = ptr::null_mut();
    // SAFETY: only asked for.
    unsafe { sys::napi_get_and_clear_last_exception(env.raw(), &mut exception) };
}
