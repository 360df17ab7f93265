//! What the compiler takes for granted in every program.

/// # Safety
/// As memcpy(3).
#[no_mangle]
pub unsafe extern "C" fn memcpy(to: *mut u8, from: *const u8, length: usize) -> *mut u8 {
    for at in 0..length {
        // SAFETY: the caller's promise; so below.
        unsafe { *to.add(at) = *from.add(at) };
    }
    to
}

/// # Safety
/// As memmove(3).
#[no_mangle]
pub unsafe extern "C" fn memmove(to: *mut u8, from: *const u8, length: usize) -> *mut u8 {
    if (to as usize) <= from as usize {
        // SAFETY: as above.
        return unsafe { memcpy(to, from, length) };
    }
    for at in (0..length).rev() {
        // SAFETY: as above.
        unsafe { *to.add(at) = *from.add(at) };
    }
    to
}

/// # Safety
/// As memset(3).
#[no_mangle]
pub unsafe extern "C" fn memset(to: *mut u8, byte: i32, length: usize) -> *mut u8 {
    for at in 0..length {
        // SAFETY: as above.
        unsafe { *to.add(at) = byte as u8 };
    }
    to
}

/// # Safety
/// As memcmp(3).
#[no_mangle]
pub unsafe extern "C" fn memcmp(a: *const u8, b: *const u8, length: usize) -> i32 {
    for at in 0..length {
        // SAFETY: as above.
        let (a, b) = unsafe { (*a.add(at), *b.add(at)) };
        if a != b {
            return i32::from(a) - i32::from(b);
        }
    }
    0
}

/// # Safety
/// As bcmp(3).
#[no_mangle]
pub unsafe extern "C" fn bcmp(a: *const u8, b: *const u8, length: usize) -> i32 {
    // SAFETY: as above.
    unsafe { memcmp(a, b, length) }
}

/// Named by core's unwind tables; with panic=abort nothing unwinds.
#[no_mangle]
pub extern "C" fn rust_eh_personality() {}
