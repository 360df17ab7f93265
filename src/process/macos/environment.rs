use crate::command::CStrings;
use std::ffi::c_char;

/// The environment of this process, as it is now. A library cannot link against `environ` here.
pub fn of_this_process() -> CStrings {
    // SAFETY: as with getenv(3), no other thread may change it meanwhile. In Node one alone could: a Worker made with SHARE_ENV, in the
    // microsecond that this takes.
    unsafe { CStrings::copied((*libc::_NSGetEnviron()).cast::<*const c_char>().cast_const()) }
}
