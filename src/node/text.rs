//! A JavaScript string's bytes, for calls that are too many for an allocation each.

use napi::sys;
use std::ptr;

/// Longer texts are not many.
const SHORT: usize = 1024;

/// Calls `take` with `text` as UTF-8. What is no string has no bytes.
///
/// # Safety
/// `text` is a live value of `env`, on the thread of `env`.
pub unsafe fn with_utf8<T>(env: sys::napi_env, text: sys::napi_value, take: impl FnOnce(&[u8]) -> T) -> T {
    let mut short = [0_u8; SHORT];
    let mut length = 0;
    // SAFETY: the caller's promise; the buffer is as long as is said.
    unsafe { sys::napi_get_value_string_utf8(env, text, short.as_mut_ptr().cast(), SHORT, &mut length) };
    // A character that no longer fits is left out whole, and may be three bytes short of the zero at the end.
    if length + 4 < SHORT {
        return take(&short[..length]);
    }
    // SAFETY: the caller's promise.
    take(&unsafe { utf8(env, text) })
}

/// `text` as UTF-8. What is no string has no bytes.
///
/// # Safety
/// As for [`with_utf8`].
pub unsafe fn utf8(env: sys::napi_env, text: sys::napi_value) -> Vec<u8> {
    let mut units = 0;
    // SAFETY: the caller's promise; without a buffer it is the length that is asked for, and in UTF-16 nobody has to count for that.
    unsafe { sys::napi_get_value_string_utf16(env, text, ptr::null_mut(), 0, &mut units) };
    // SAFETY: as above.
    let bytes = unsafe { utf8_up_to(env, text, units) };
    // Nearly always it is all of it. What had to be cut off has something in it that is no ASCII, before the end.
    if bytes.len() == units && bytes.is_ascii() {
        return bytes;
    }
    let mut length = 0;
    // SAFETY: as above.
    unsafe {
        sys::napi_get_value_string_utf8(env, text, ptr::null_mut(), 0, &mut length);
        utf8_up_to(env, text, length)
    }
}

/// As many whole characters of it as fit into so many bytes.
unsafe fn utf8_up_to(env: sys::napi_env, text: sys::napi_value, most: usize) -> Vec<u8> {
    let mut bytes = Vec::<u8>::with_capacity(most + 1);
    let mut length = 0;
    // SAFETY: the caller's promise; there is room for so many and a zero, and so many as it says have been written.
    unsafe {
        sys::napi_get_value_string_utf8(env, text, bytes.as_mut_ptr().cast(), most + 1, &mut length);
        bytes.set_len(length);
    }
    bytes
}
