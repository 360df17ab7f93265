//! Handing an event to JavaScript: one call each, so that ticks and microtasks run and an exception becomes an uncaughtException.

use super::arguments::negated;
use super::hand_over::HandOver;
use super::meta::MetaArray;
use super::shared_array::SharedArray;
use super::usage;
use crate::ipc::wire::{self, WithSegments};
use crate::ipc::{self, Batch, Framing};
use crate::pool::Told;
use crate::process::Usage;
use napi::sys;
use std::cell::Cell;
use std::ptr;

/// See `Event` in js/native.d.ts.
#[derive(Debug)]
pub enum Event {
    Exit {
        code: i32,
        signal: i32,
        usage: Usage,
    },
    Messages {
        batch: Batch,
        framing: Framing,
    },
    Written {
        writes: u32,
        status: i32,
    },
    End {
        status: i32,
    },
    Collected {
        status: i32,
    },
    Tree {
        report: String,
    },
    Wire(wire::Batch),
    WireSegments(Box<WithSegments>),
    WireOpen {
        hello: Vec<u8>,
    },
    Ready,
    TasksEnded {
        ends: Told,
    },
    PoolNotes {
        notes: Told,
    },
    /// Not JavaScript's business, but after all that came before.
    WireQuestion,
}

impl Event {
    pub fn of_channel(event: ipc::Event, framing: Framing) -> Event {
        match event {
            ipc::Event::Messages(batch) => Event::Messages { batch, framing },
            ipc::Event::Written(writes, result) => Event::Written { writes, status: result.map_or_else(negated, |()| 0) },
            ipc::Event::End(result) => Event::End { status: result.map_or_else(negated, |()| 0) },
        }
    }

    pub fn of_wire(event: wire::Event) -> Event {
        match event {
            wire::Event::Open(hello) => Event::WireOpen { hello },
            wire::Event::Frames(batch) => Event::Wire(batch),
            wire::Event::WithSegments(frame) => Event::WireSegments(frame),
            wire::Event::Written(writes, result) => Event::Written { writes, status: result.map_or_else(negated, |()| 0) },
            wire::Event::Question => Event::WireQuestion,
            wire::Event::End(result) => Event::End { status: result.map_or_else(negated, |()| 0) },
        }
    }
}

/// JavaScript's `dispatch` function.
pub struct Dispatcher {
    env: sys::napi_env,
    function: Cell<sys::napi_ref>,
    usage: SharedArray<f64>,
    meta: MetaArray,
}

/// The text of a batch is longer than a JavaScript string can be.
pub struct TooLong;

impl Dispatcher {
    /// # Safety
    /// `function`, `usage` and `meta` are live values of `env`, on the thread of `env`.
    pub unsafe fn new(env: sys::napi_env, function: sys::napi_value, usage: sys::napi_value, meta: sys::napi_value) -> Option<Self> {
        let mut reference = ptr::null_mut();
        // SAFETY: the caller's promise.
        unsafe {
            let usage = SharedArray::new(env, usage, usage::PLACES)?;
            let meta = MetaArray::new(env, meta)?;
            let status = sys::napi_create_reference(env, function, 1, &mut reference);
            (status == sys::Status::napi_ok).then(|| Dispatcher { env, function: Cell::new(reference), usage, meta })
        }
    }

    /// Calls JavaScript. On the thread of the environment, outside of any JavaScript, and before the environment's end.
    pub fn call(&self, id: u32, event: Event) -> Result<(), TooLong> {
        let env = self.env;
        // SAFETY: on the environment's thread while it lives; every value is made inside this handle scope.
        unsafe {
            let mut scope = ptr::null_mut();
            if sys::napi_open_handle_scope(env, &mut scope) != sys::Status::napi_ok {
                return Ok(());
            }
            let result = self.call_in_scope(id, event);
            sys::napi_close_handle_scope(env, scope);
            result
        }
    }

    unsafe fn call_in_scope(&self, id: u32, event: Event) -> Result<(), TooLong> {
        // SAFETY: see `call`.
        unsafe {
            let (kind, a, b) = match event {
                Event::Exit { code, signal, usage } => {
                    self.usage.fill(|places| usage::write(&usage, places));
                    (0, self.number(code), self.number(signal))
                }
                Event::Messages { batch, framing: Framing::Lines } => {
                    (1, self.text(&batch.bytes, batch.bytes.is_ascii())?, self.number(batch.count as i32))
                }
                Event::Messages { batch, framing: Framing::LengthPrefixed } => {
                    (2, self.buffer(&batch.bytes)?, self.number(batch.count as i32))
                }
                Event::Written { writes, status } => (3, self.number(writes as i32), self.number(status)),
                Event::End { status } => (4, self.number(status), ptr::null_mut()),
                Event::Collected { status } => (5, self.number(status), ptr::null_mut()),
                Event::Tree { report } => (6, self.text(report.as_bytes(), report.is_ascii())?, ptr::null_mut()),
                Event::Wire(batch) => {
                    self.meta.fill_batch(&batch);
                    (7, self.text(batch.text(), batch.is_ascii())?, self.number(batch.count() as i32))
                }
                Event::WireSegments(frame) => {
                    self.meta.fill_segments(&frame);
                    let text = self.text(&frame.text, frame.is_ascii)?;
                    let whole = HandOver::whole(self.env);
                    // A single text becomes one at once: by way of a Buffer it would be copied once more, and that one would have to be collected.
                    let is_text = frame.has_only_text();
                    let inline = if is_text { whole.latin1(frame.bytes) } else { whole.buffer(frame.bytes) };
                    (8, text, inline.map_err(|_| TooLong)?)
                }
                Event::Ready => (10, self.number(0), ptr::null_mut()),
                Event::TasksEnded { ends } => {
                    let (count, json) = (ends.count as i32, ends.into_json());
                    (11, self.text(json.as_bytes(), json.is_ascii())?, self.number(count))
                }
                Event::PoolNotes { notes } => {
                    let json = notes.into_json();
                    (12, self.text(json.as_bytes(), json.is_ascii())?, ptr::null_mut())
                }
                Event::WireQuestion => return Ok(()),
                Event::WireOpen { hello } => (9, self.text(&hello, hello.is_ascii())?, ptr::null_mut()),
            };
            let mut arguments = [self.number(kind), self.number(id as i32), a, b];
            if b.is_null() {
                sys::napi_get_undefined(self.env, &mut arguments[3]);
            }
            let (mut function, mut result) = (ptr::null_mut(), ptr::null_mut());
            sys::napi_get_reference_value(self.env, self.function.get(), &mut function);
            // Its own receiver: of the global object, Node would take `domain` for the domain to enter, and a REPL has the module there.
            let status = sys::napi_make_callback(self.env, ptr::null_mut(), function, function, 4, arguments.as_ptr(), &mut result);
            if status == sys::Status::napi_pending_exception {
                let mut error = ptr::null_mut();
                if sys::napi_get_and_clear_last_exception(self.env, &mut error) == sys::Status::napi_ok {
                    sys::napi_fatal_exception(self.env, error);
                }
            }
        }
        Ok(())
    }

    unsafe fn number(&self, number: i32) -> sys::napi_value {
        let mut value = ptr::null_mut();
        // SAFETY: see `call`.
        unsafe { sys::napi_create_int32(self.env, number, &mut value) };
        value
    }

    unsafe fn text(&self, bytes: &[u8], is_ascii: bool) -> Result<sys::napi_value, TooLong> {
        let mut value = ptr::null_mut();
        // V8 takes ASCII as it is, and checks UTF-8 byte by byte.
        let create = if is_ascii { sys::napi_create_string_latin1 } else { sys::napi_create_string_utf8 };
        // SAFETY: see `call`; the bytes are copied.
        let status = unsafe { create(self.env, bytes.as_ptr().cast(), bytes.len() as isize, &mut value) };
        self.checked(status, value)
    }

    unsafe fn buffer(&self, bytes: &[u8]) -> Result<sys::napi_value, TooLong> {
        let (mut value, mut copy) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: see `call`; the bytes are copied.
        let status = unsafe { sys::napi_create_buffer_copy(self.env, bytes.len(), bytes.as_ptr().cast(), &mut copy, &mut value) };
        self.checked(status, value)
    }

    fn checked(&self, status: sys::napi_status, value: sys::napi_value) -> Result<sys::napi_value, TooLong> {
        if status == sys::Status::napi_ok {
            return Ok(value);
        }
        let mut error = ptr::null_mut();
        // SAFETY: see `call`. V8 has thrown its own "Invalid string length"; ours is more telling.
        unsafe { sys::napi_get_and_clear_last_exception(self.env, &mut error) };
        Err(TooLong)
    }

    /// The environment ends: from now on nothing is called.
    pub fn close(&self) {
        // SAFETY: on the environment's thread, before its end; taken once.
        unsafe { sys::napi_delete_reference(self.env, self.function.replace(ptr::null_mut())) };
        self.usage.close();
        self.meta.close();
    }

    pub fn is_closed(&self) -> bool {
        self.function.get().is_null()
    }
}
