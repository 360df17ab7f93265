//! `Wire.writer()`: a function and no method. It is called for each answer of a worker, and for each turn of a channel, and what surrounds a method of a class
//! takes three times as long as what is done in this one.

use super::text::with_utf8;
use super::watch::Shared;
use super::wire::send;
use napi::sys;
use std::ffi::c_void;
use std::ptr;

struct Writer {
    events: Shared,
    wire: u32,
    /// Without waking the peer by each.
    posts: bool,
}

/// None: the environment takes no more of them.
///
/// # Safety
/// On the thread of `env`, inside a handle scope.
pub unsafe fn writer(env: sys::napi_env, events: Shared, wire: u32, posts: bool) -> Option<sys::napi_value> {
    let data = Box::into_raw(Box::new(Writer { events, wire, posts })).cast::<c_void>();
    let mut function = ptr::null_mut();
    // SAFETY: the caller's promise; the data lives until the function is collected.
    unsafe {
        if sys::napi_create_function(env, c"write".as_ptr(), 5, Some(write), data, &mut function) != sys::Status::napi_ok {
            forget(env, data, ptr::null_mut());
            return None;
        }
        // Where it cannot be told of its end, the function may live for ever, and so does this.
        let _kept = sys::napi_add_finalizer(env, function, data, Some(forget), ptr::null_mut(), ptr::null_mut());
    }
    Some(function)
}

unsafe extern "C" fn write(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    let (mut count, mut text, mut data, mut result) = (1, ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
    // SAFETY: what Node calls this with, and what `writer` has made of it. What is not given is undefined, which has no bytes.
    unsafe {
        sys::napi_get_cb_info(env, info, &mut count, &mut text, ptr::null_mut(), &mut data);
        let Writer { events, wire, posts } = &*data.cast::<Writer>();
        let status =
            with_utf8(env, text, |bytes| send(events, *wire, |wire| if *posts { wire.post(bytes) } else { wire.write(bytes, &[], &[]) }));
        sys::napi_create_int64(env, status, &mut result);
    }
    result
}

unsafe extern "C" fn forget(_env: sys::napi_env, data: *mut c_void, _hint: *mut c_void) {
    // SAFETY: from `writer`, and for the last time.
    drop(unsafe { Box::from_raw(data.cast::<Writer>()) });
}
