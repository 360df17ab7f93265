//! Whether it is memory that this process dies of: V8 asks before it gives up, and ends the process by the same signal as for anything else.

use super::memory::Memory;
use napi_derive::napi;
use std::ffi::{c_void, CStr};
use std::mem;
use std::sync::atomic::{AtomicU32, Ordering};

type Isolate = c_void;
type GetCurrent = unsafe extern "C" fn() -> *mut Isolate;
type NearHeapLimit = unsafe extern "C" fn(data: *mut c_void, current: usize, initial: usize) -> usize;
type AddNearHeapLimitCallback = unsafe extern "C" fn(*mut Isolate, NearHeapLimit, *mut c_void);

// Node-API has neither, but every program that is Node exports them, by the names that C++ compilers on Unix agree on.
const GET_CURRENT: &CStr = c"_ZN2v87Isolate10GetCurrentEv";
const ADD_CALLBACK: &CStr = c"_ZN2v87Isolate24AddNearHeapLimitCallbackEPFmPvmmES1_";

fn exported(name: &CStr) -> Option<*mut c_void> {
    // SAFETY: looks for a name in what is loaded.
    let found = unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) };
    (!found.is_null()).then_some(found)
}

/// V8 calls this when a collection has freed too little: the same limit again says that there is no more.
unsafe extern "C" fn near_heap_limit(cell: *mut c_void, current: usize, _initial: usize) -> usize {
    // SAFETY: the cell that was given with this function, which stays mapped.
    unsafe { &*cell.cast::<AtomicU32>() }.store(1, Ordering::SeqCst);
    current
}

#[napi]
impl Memory {
    #[napi]
    pub fn mark_heap_limit(&self, index: u32) -> bool {
        let Some(mapping) = self.mapping() else { return false };
        let (Some(get_current), Some(add_callback)) = (exported(GET_CURRENT), exported(ADD_CALLBACK)) else { return false };
        if (index as usize + 1) * mem::size_of::<AtomicU32>() > mapping.length() {
            return false;
        }
        // SAFETY: within the mapping, which begins at a page.
        let cell = unsafe { mapping.start().as_ptr().cast::<AtomicU32>().add(index as usize) };
        // Nobody takes the callback away again, so the mapping is there as long as the process is.
        mem::forget(mapping);
        // SAFETY: functions of these types by their names; this is the thread of an isolate that is entered.
        unsafe {
            let get_current: GetCurrent = mem::transmute(get_current);
            let add_callback: AddNearHeapLimitCallback = mem::transmute(add_callback);
            add_callback(get_current(), near_heap_limit, cell.cast());
        }
        true
    }
}
