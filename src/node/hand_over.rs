//! Collected bytes as JavaScript's values: few are copied, many change their owner.

use crate::process::collect::{Bytes, Collected, Text};
use napi::bindgen_prelude::FromNapiValue;
use napi::{sys, Env, Error, Unknown};
use std::ffi::{c_char, c_void};
use std::ptr;
use std::sync::OnceLock;

/// See `collected` in js/native.d.ts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Buffer,
    Text,
    Latin1,
}

impl From<u32> for Form {
    fn from(number: u32) -> Self {
        match number {
            0 => Form::Buffer,
            1 => Form::Text,
            _ => Form::Latin1,
        }
    }
}

/// An error with the code that Node gives it.
type Result<T> = std::result::Result<T, Error<&'static str>>;

type CreateExternal<Unit> = unsafe extern "C" fn(
    sys::napi_env,
    *mut Unit,
    usize,
    sys::napi_finalize,
    *mut c_void,
    *mut sys::napi_value,
    *mut bool,
) -> sys::napi_status;

pub struct HandOver {
    env: sys::napi_env,
    form: Form,
    /// Without one final newline.
    strip: bool,
}

impl HandOver {
    pub fn new(env: Env, form: Form, strip: bool) -> Self {
        HandOver { env: env.raw(), form, strip }
    }

    /// For bytes as they are.
    pub fn whole(env: sys::napi_env) -> Self {
        HandOver { env, form: Form::Buffer, strip: false }
    }

    pub fn collected(&self, collected: Collected) -> Result<Unknown<'static>> {
        let value = match (collected, self.form) {
            (Collected::Bytes { bytes, .. }, Form::Buffer) => self.buffer(bytes),
            (Collected::Bytes { bytes, .. }, Form::Latin1) => self.latin1(bytes),
            (Collected::Bytes { bytes, ascii }, Form::Text) if ascii || bytes.as_slice().is_ascii() => self.latin1(bytes),
            (Collected::Bytes { bytes, .. }, Form::Text) => self.utf8(&bytes),
            (Collected::Text(Text::Latin1(bytes)), Form::Text) => self.latin1(bytes),
            (Collected::Text(Text::Utf16 { units, .. }), Form::Text) => self.utf16(units),
            (Collected::Text(Text::TooLong(_)), Form::Text) => Err(too_long()),
            (Collected::Text(text), form) => {
                let bytes = text.into_source().map_err(|errno| Error::new("ENOMEM", errno.to_string()))?;
                if form == Form::Buffer {
                    self.buffer(bytes)
                } else {
                    self.latin1(bytes)
                }
            }
        }?;
        // SAFETY: a value just made, in the scope of the call that it is returned from.
        unsafe { Unknown::from_napi_value(self.env, value) }.map_err(|error| Error::new("ERR_INVALID_STATE", error.reason.clone()))
    }

    fn length<T: Copy + Into<u16>>(&self, units: &[T]) -> usize {
        let stripped = match units {
            [.., cr, lf] if (*cr).into() == u16::from(b'\r') && (*lf).into() == u16::from(b'\n') => 2,
            [.., lf] if (*lf).into() == u16::from(b'\n') => 1,
            _ => 0,
        };
        units.len() - if self.strip { stripped } else { 0 }
    }

    pub fn buffer(&self, bytes: Bytes) -> Result<sys::napi_value> {
        let length = self.length(bytes.as_slice());
        let mut value = ptr::null_mut();
        if bytes.is_large() {
            let mut owned = Box::new(bytes);
            let start = owned.as_mut_slice().as_mut_ptr().cast::<c_void>();
            let owned = Box::into_raw(owned);
            // SAFETY: the bytes stay until `free` gets them back, which happens only if this succeeds. V8 counts them as its own.
            let status = unsafe { sys::napi_create_external_buffer(self.env, length, start, Some(free), owned.cast(), &mut value) };
            if status == sys::Status::napi_ok {
                return Ok(value);
            }
            if status == sys::Status::napi_generic_failure {
                // Node had taken them already, and has freed them, or does so when what it made of them is collected.
                self.clear_exception();
                return Err(too_large(length));
            }
            // SAFETY: not given away. Then it may be that a runtime allows no external memory (Electron), and they are copied.
            let bytes = unsafe { Box::from_raw(owned) };
            self.clear_exception();
            return self.copied_buffer(&bytes.as_slice()[..length]);
        }
        self.copied_buffer(&bytes.as_slice()[..length])
    }

    fn copied_buffer(&self, bytes: &[u8]) -> Result<sys::napi_value> {
        let (mut value, mut copy) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: the bytes are copied.
        let status = unsafe { sys::napi_create_buffer_copy(self.env, bytes.len(), bytes.as_ptr().cast(), &mut copy, &mut value) };
        self.checked(status, value, || too_large(bytes.len()))
    }

    /// One unit a byte.
    pub fn latin1(&self, bytes: Bytes) -> Result<sys::napi_value> {
        let length = self.length(bytes.as_slice());
        static CREATE: OnceLock<Option<CreateExternal<c_char>>> = OnceLock::new();
        // SAFETY: the type that Node declares it with.
        let create = *CREATE.get_or_init(|| unsafe { std::mem::transmute(symbol(c"node_api_create_external_string_latin1")) });
        match create {
            Some(create) if bytes.is_large() => self.external(bytes, length, create),
            _ => {
                let mut value = ptr::null_mut();
                // SAFETY: the characters are copied.
                let status =
                    unsafe { sys::napi_create_string_latin1(self.env, bytes.as_slice().as_ptr().cast(), length as isize, &mut value) };
                self.checked(status, value, too_long)
            }
        }
    }

    fn utf16(&self, bytes: Bytes) -> Result<sys::napi_value> {
        // SAFETY: any two bytes are a unit; what is large begins at a page, and what is not does not come here.
        let (_, units, _) = unsafe { bytes.as_slice().align_to::<u16>() };
        let length = self.length(units);
        static CREATE: OnceLock<Option<CreateExternal<u16>>> = OnceLock::new();
        // SAFETY: the type that Node declares it with.
        let create = *CREATE.get_or_init(|| unsafe { std::mem::transmute(symbol(c"node_api_create_external_string_utf16")) });
        match create {
            Some(create) => self.external(bytes, length, create),
            None => {
                let mut value = ptr::null_mut();
                // SAFETY: the characters are copied.
                let status = unsafe { sys::napi_create_string_utf16(self.env, units.as_ptr(), length as isize, &mut value) };
                self.checked(status, value, too_long)
            }
        }
    }

    fn external<Unit>(&self, bytes: Bytes, length: usize, create: CreateExternal<Unit>) -> Result<sys::napi_value> {
        let mut owned = Box::new(bytes);
        let start = owned.as_mut_slice().as_mut_ptr().cast::<Unit>();
        let owned = Box::into_raw(owned);
        let (mut value, mut copied) = (ptr::null_mut(), false);
        // SAFETY: the characters stay until `free_text` gets them back: with the string, or at once where they are copied.
        let status = unsafe {
            // V8 counts external strings nowhere, and would never find it worth while to look for one that nobody has any more.
            weigh(self.env, (*owned).len() as i64);
            create(self.env, start, length, Some(free_text), owned.cast(), &mut value, &mut copied)
        };
        if status != sys::Status::napi_ok {
            // SAFETY: not given away.
            unsafe { free_text(self.env, ptr::null_mut(), owned.cast()) };
        }
        self.checked(status, value, too_long)
    }

    fn utf8(&self, bytes: &Bytes) -> Result<sys::napi_value> {
        // Never a newline in the middle of a character.
        let length = self.length(bytes.as_slice());
        let mut value = ptr::null_mut();
        // SAFETY: the characters are copied.
        let status = unsafe { sys::napi_create_string_utf8(self.env, bytes.as_slice().as_ptr().cast(), length as isize, &mut value) };
        self.checked(status, value, too_long)
    }

    fn checked(
        &self,
        status: sys::napi_status,
        value: sys::napi_value,
        error: impl FnOnce() -> Error<&'static str>,
    ) -> Result<sys::napi_value> {
        if status == sys::Status::napi_ok {
            return Ok(value);
        }
        self.clear_exception();
        Err(error())
    }

    /// What V8 throws itself says less than what is thrown in its place.
    fn clear_exception(&self) {
        let mut exception = ptr::null_mut();
        // SAFETY: only asked for.
        unsafe { sys::napi_get_and_clear_last_exception(self.env, &mut exception) };
    }
}

fn too_large(length: usize) -> Error<&'static str> {
    Error::new("ERR_BUFFER_TOO_LARGE", format!("Cannot create a Buffer of {length} bytes"))
}

fn too_long() -> Error<&'static str> {
    Error::new("ERR_STRING_TOO_LONG", "Cannot create a string longer than 0x1fffffe8 characters".to_owned())
}

/// Nothing in it needs an environment, so it may be called at whatever time and on whatever thread.
unsafe extern "C" fn free(_env: sys::napi_env, _start: *mut c_void, owned: *mut c_void) {
    // SAFETY: made by `Box::into_raw`, given away once.
    let bytes = unsafe { Box::from_raw(owned.cast::<Bytes>()) };
    // This is in the middle of a garbage collection.
    bytes.drop_apart();
}

/// As [`free`], for what was weighed. Node allows that in a finalizer.
unsafe extern "C" fn free_text(env: sys::napi_env, start: *mut c_void, owned: *mut c_void) {
    // SAFETY: made by `Box::into_raw`, given away once.
    unsafe {
        weigh(env, -((*owned.cast::<Bytes>()).len() as i64));
        free(env, start, owned);
    }
}

/// Tells V8 what hangs on its objects outside of its heap.
unsafe fn weigh(env: sys::napi_env, change: i64) {
    let mut total = 0;
    // SAFETY: on the environment's thread.
    unsafe { sys::napi_adjust_external_memory(env, change, &mut total) };
}

/// Node has these since 18.18 and 20.4, but declares them stable only from Node-API 10 on, so they are looked up.
fn symbol(name: &std::ffi::CStr) -> *mut c_void {
    // SAFETY: a name with its end.
    unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) }
}
