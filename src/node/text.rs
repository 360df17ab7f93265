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
    // SAFETY: as above; without a buffer it is the length that is asked for.
    unsafe { sys::napi_get_value_string_utf8(env, text, ptr::null_mut(), 0, &mut length) };
    let mut long = vec![0_u8; length + 1];
    // SAFETY: as above.
    unsafe { sys::napi_get_value_string_utf8(env, text, long.as_mut_ptr().cast(), long.len(), &mut length) };
    take(&long[..length])
}
