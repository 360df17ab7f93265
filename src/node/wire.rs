use super::arguments::negated;
use super::watch::Shared;
use super::writer::writer;
use crate::ipc::{self, Sent};
use napi::bindgen_prelude::{Env, FromNapiValue, Int32ArraySlice, Uint8ArraySlice, Unknown};
use napi::{Error, Result, Status};
use napi_derive::napi;
use rustix::io::Errno;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, IntoRawFd};

/// See js/native.d.ts.
#[napi]
pub struct Wire {
    pub(super) events: Shared,
    pub(super) id: u32,
}

impl Wire {
    pub fn new(events: Shared, id: u32) -> Self {
        Wire { events, id }
    }

    fn read(&self, reading: bool) -> i32 {
        let mut events = self.events.borrow_mut();
        let Some(wire) = events.wire(self.id) else { return negated(Errno::BADF) };
        wire.read(reading);
        if let Some(errno) = wire.transport.error() {
            return negated(errno);
        }
        events.rewatch_channel(self.id).map_or_else(negated, |()| 0)
    }
}

/// What a write answers.
pub fn send(events: &Shared, id: u32, write: impl FnOnce(&mut ipc::wire::Wire) -> rustix::io::Result<Sent>) -> i64 {
    let mut events = events.borrow_mut();
    let Some(wire) = events.wire(id) else { return negated(Errno::BADF).into() };
    let before = wire.interest();
    match write(wire) {
        Ok(Sent::All) => {
            events.step_ring(id);
            0
        }
        Ok(Sent::Queued) => {
            let queued = wire.transport.queued();
            if wire.interest() != before {
                // Out of watches (ENOSPC): nobody would send the rest.
                if let Err(errno) = events.rewatch_channel(id) {
                    return negated(errno).into();
                }
            }
            // It may be that it is room in shared memory that it waits for, and no byte of it.
            queued.max(1) as i64
        }
        Err(errno) => negated(errno).into(),
    }
}

#[napi]
impl Wire {
    #[napi(getter)]
    pub fn id(&self) -> u32 {
        self.id
    }

    #[napi(getter)]
    pub fn fd(&self) -> i32 {
        self.events.borrow_mut().wire(self.id).map_or(-1, |wire| wire.transport.as_fd().as_raw_fd())
    }

    #[napi]
    pub fn read_start(&self) -> i32 {
        self.read(true)
    }

    #[napi]
    pub fn read_stop(&self) -> i32 {
        self.read(false)
    }

    #[napi]
    pub fn write(&self, text: String, segments: Option<Vec<Uint8ArraySlice<'_>>>, handles: Option<Int32ArraySlice<'_>>) -> i64 {
        let segments: Vec<&[u8]> = segments.iter().flatten().map(|segment| &**segment).collect();
        let handles = handles.as_deref().unwrap_or_default();
        if handles.iter().any(|fd| *fd < 0) {
            return negated(Errno::BADF).into();
        }
        // SAFETY: descriptors that JavaScript holds open during this call.
        let handles: Vec<_> = handles.iter().map(|fd| unsafe { BorrowedFd::borrow_raw(*fd) }).collect();
        send(&self.events, self.id, |wire| wire.write(text.as_bytes(), &segments, &handles))
    }

    #[napi]
    pub fn writer(&self, env: Env, posts: bool) -> Result<Unknown<'static>> {
        // SAFETY: the environment of this call, whose result it is.
        unsafe {
            let function =
                writer(env.raw(), self.events.clone(), self.id, posts).ok_or_else(|| Error::from_status(Status::GenericFailure))?;
            Unknown::from_napi_value(env.raw(), function)
        }
    }

    #[napi]
    pub fn ring(&self) -> i32 {
        let mut events = self.events.borrow_mut();
        events.wire(self.id).map_or(negated(Errno::BADF), |wire| wire.transport.ring_peer().map_or_else(negated, |()| 0))
    }

    #[napi]
    pub fn queued_bytes(&self) -> i64 {
        self.events.borrow_mut().wire(self.id).map_or(0, |wire| wire.transport.queued() as i64)
    }

    #[napi]
    pub fn take_handle(&self) -> i32 {
        let mut events = self.events.borrow_mut();
        events.wire(self.id).and_then(|wire| wire.take_handle()).map_or(-1, IntoRawFd::into_raw_fd)
    }

    #[napi]
    pub fn transport(&self) -> &'static str {
        self.events.borrow_mut().wire(self.id).map_or("socket", |wire| wire.transport.kind())
    }

    #[napi]
    pub fn fault(&self) -> Option<String> {
        self.events.borrow_mut().wire(self.id).and_then(|wire| wire.fault().map(ToString::to_string))
    }

    #[napi(js_name = "ref")]
    pub fn reference(&self) {
        self.events.borrow_mut().set_referenced(self.id, true);
    }

    #[napi]
    pub fn unref(&self) {
        self.events.borrow_mut().set_referenced(self.id, false);
    }

    #[napi]
    pub fn close(&self) {
        self.events.borrow_mut().remove(self.id);
    }
}
