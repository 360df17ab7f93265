//! A typed array that JavaScript gave once, and finds filled when it is called.

use napi::sys;
use std::cell::Cell;
use std::marker::PhantomData;
use std::ptr;

/// A number as typed arrays hold them.
pub trait Element: Copy {
    const KIND: sys::napi_typedarray_type;
}

impl Element for f64 {
    const KIND: sys::napi_typedarray_type = sys::TypedarrayType::float64_array;
}

impl Element for i32 {
    const KIND: sys::napi_typedarray_type = sys::TypedarrayType::int32_array;
}

/// JavaScript keeps it whole: it neither transfers nor detaches it.
pub struct SharedArray<T> {
    env: sys::napi_env,
    reference: Cell<sys::napi_ref>,
    start: *mut T,
    length: usize,
    numbers: PhantomData<T>,
}

impl<T: Element> SharedArray<T> {
    /// None: it is another kind of array, or shorter.
    ///
    /// # Safety
    /// `array` is a live value of `env`, on the thread of `env`.
    pub unsafe fn new(env: sys::napi_env, array: sys::napi_value, length: usize) -> Option<Self> {
        let (mut kind, mut present, mut start) = (0, 0, ptr::null_mut());
        let (mut buffer, mut offset, mut reference) = (ptr::null_mut(), 0, ptr::null_mut());
        // SAFETY: the caller's promise.
        unsafe {
            let status = sys::napi_get_typedarray_info(env, array, &mut kind, &mut present, &mut start, &mut buffer, &mut offset);
            let fits = status == sys::Status::napi_ok && kind == T::KIND && present >= length;
            if !fits || sys::napi_create_reference(env, array, 1, &mut reference) != sys::Status::napi_ok {
                return None;
            }
        }
        Some(SharedArray { env, reference: Cell::new(reference), start: start.cast(), length, numbers: PhantomData })
    }

    /// On the environment's thread, before its end.
    pub fn fill(&self, write: impl FnOnce(&mut [T])) {
        // SAFETY: the reference keeps the array, and so its memory; JavaScript is not running.
        write(unsafe { std::slice::from_raw_parts_mut(self.start, self.length) });
    }

    pub fn close(&self) {
        // SAFETY: on the environment's thread, before its end; taken once.
        unsafe { sys::napi_delete_reference(self.env, self.reference.replace(ptr::null_mut())) };
    }
}
