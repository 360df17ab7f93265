//! `Wire.poster()`: a function and no method. A worker calls it for each of its answers, and what surrounds a method of a class takes three times as long as what
//! is done in this one.

use super::text::with_utf8;
use super::watch::Shared;
use super::wire::send;
use napi::sys;
use std::ffi::c_void;
use std::ptr;

struct Poster {
    events: Shared,
    wire: u32,
}

/// None: the environment is at its end.
///
/// # Safety
/// On the thread of `env`, inside a handle scope.
pub unsafe fn poster(env: sys::napi_env, events: Shared, wire: u32) -> Option<sys::napi_value> {
    let data = Box::into_raw(Box::new(Poster { events, wire })).cast::<c_void>();
    let mut function = ptr::null_mut();
    // SAFETY: the caller's promise; the data lives until the function is collected.
    unsafe {
        if sys::napi_create_function(env, c"post".as_ptr(), 4, Some(post), data, &mut function) != sys::Status::napi_ok {
            forget(env, data, ptr::null_mut());
            return None;
        }
        // Where it cannot be told of its end, the function may live for ever, and so does this.
        let _kept = sys::napi_add_finalizer(env, function, data, Some(forget), ptr::null_mut(), ptr::null_mut());
    }
    Some(function)
}

unsafe extern "C" fn post(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    let (mut count, mut text, mut data, mut result) = (1, ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
    // SAFETY: what Node calls this with, and what `poster` has made of it. What is not given is undefined, which has no bytes.
    unsafe {
        sys::napi_get_cb_info(env, info, &mut count, &mut text, ptr::null_mut(), &mut data);
        let Poster { events, wire } = &*data.cast::<Poster>();
        let status = with_utf8(env, text, |bytes| send(events, *wire, |wire| wire.post(bytes)));
        sys::napi_create_int64(env, status, &mut result);
    }
    result
}

unsafe extern "C" fn forget(_env: sys::napi_env, data: *mut c_void, _hint: *mut c_void) {
    // SAFETY: from `poster`, and for the last time.
    drop(unsafe { Box::from_raw(data.cast::<Poster>()) });
}
