//! Where JavaScript finds what a child used: an array of its own, filled before the exit is handed over.

use crate::process::Usage;
use napi::sys;
use std::cell::Cell;
use std::ptr;

/// See `Usage` in js/native.d.ts.
pub const PLACES: usize = 9;

pub fn write(usage: &Usage, places: &mut [f64]) {
    let numbers = [
        usage.user_cpu.as_micros() as f64,
        usage.system_cpu.as_micros() as f64,
        usage.max_rss as f64,
        usage.minor_page_faults as f64,
        usage.major_page_faults as f64,
        usage.fs_reads as f64,
        usage.fs_writes as f64,
        usage.voluntary_context_switches as f64,
        usage.involuntary_context_switches as f64,
    ];
    for (place, number) in places.iter_mut().zip(numbers) {
        *place = number;
    }
}

/// A Float64Array that JavaScript gave and keeps whole: it neither transfers nor detaches it.
pub struct UsageArray {
    env: sys::napi_env,
    reference: Cell<sys::napi_ref>,
    start: *mut f64,
}

impl UsageArray {
    /// # Safety
    /// `array` is a live value of `env`, on the thread of `env`.
    pub unsafe fn new(env: sys::napi_env, array: sys::napi_value) -> Option<Self> {
        let (mut kind, mut length, mut start) = (0, 0, ptr::null_mut());
        let (mut buffer, mut offset, mut reference) = (ptr::null_mut(), 0, ptr::null_mut());
        // SAFETY: the caller's promise.
        unsafe {
            let status = sys::napi_get_typedarray_info(env, array, &mut kind, &mut length, &mut start, &mut buffer, &mut offset);
            let fits = status == sys::Status::napi_ok && kind == sys::TypedarrayType::float64_array && length >= PLACES;
            if !fits || sys::napi_create_reference(env, array, 1, &mut reference) != sys::Status::napi_ok {
                return None;
            }
        }
        Some(UsageArray { env, reference: Cell::new(reference), start: start.cast() })
    }

    /// On the environment's thread, before its end.
    pub fn fill(&self, usage: &Usage) {
        // SAFETY: the reference keeps the array, and so its memory; JavaScript is not running.
        write(usage, unsafe { std::slice::from_raw_parts_mut(self.start, PLACES) });
    }

    pub fn close(&self) {
        // SAFETY: on the environment's thread, before its end; taken once.
        unsafe { sys::napi_delete_reference(self.env, self.reference.replace(ptr::null_mut())) };
    }
}
