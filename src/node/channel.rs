use super::arguments::negated;
use super::watch::Shared;
use crate::ipc::Sent;
use napi::bindgen_prelude::{Either, Uint8ArraySlice};
use napi_derive::napi;
use rustix::io::Errno;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, IntoRawFd};

/// See js/native.d.ts.
#[napi]
pub struct Channel {
    events: Shared,
    id: u32,
}

impl Channel {
    pub fn new(events: Shared, id: u32) -> Self {
        Channel { events, id }
    }

    fn read(&self, reading: bool) -> i32 {
        let mut events = self.events.borrow_mut();
        if let Some(channel) = events.channel(self.id) {
            channel.transport.listen(reading);
            if let Some(errno) = channel.transport.error() {
                return negated(errno);
            }
            return events.rewatch_channel(self.id).map_or_else(negated, |()| 0);
        }
        negated(Errno::BADF)
    }
}

#[napi]
impl Channel {
    #[napi(getter)]
    pub fn id(&self) -> u32 {
        self.id
    }

    #[napi(getter)]
    pub fn fd(&self) -> i32 {
        self.events.borrow_mut().channel(self.id).map_or(-1, |channel| channel.transport.as_fd().as_raw_fd())
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
    pub fn write(&self, data: Either<String, Uint8ArraySlice<'_>>, handle: i32) -> i64 {
        let bytes = match &data {
            Either::A(text) => text.as_bytes(),
            Either::B(bytes) => bytes,
        };
        // SAFETY: a descriptor that JavaScript holds open during this call.
        let handle = (handle >= 0).then(|| unsafe { BorrowedFd::borrow_raw(handle) });
        let mut events = self.events.borrow_mut();
        let Some(channel) = events.channel(self.id) else { return negated(Errno::BADF).into() };
        let before = channel.transport.interest();
        match channel.transport.write_parts(&[bytes], handle.as_slice()) {
            Ok(Sent::All) => 0,
            Ok(Sent::Queued) => {
                let queued = channel.transport.queued();
                if channel.transport.interest() != before {
                    // Out of watches (ENOSPC): nobody would send the rest.
                    if let Err(errno) = events.rewatch_channel(self.id) {
                        return negated(errno).into();
                    }
                }
                queued as i64
            }
            Err(errno) => negated(errno).into(),
        }
    }

    #[napi]
    pub fn queued_bytes(&self) -> i64 {
        self.events.borrow_mut().channel(self.id).map_or(0, |channel| channel.transport.queued() as i64)
    }

    #[napi]
    pub fn is_midway(&self) -> bool {
        self.events.borrow_mut().channel(self.id).is_some_and(|channel| channel.is_midway())
    }

    #[napi]
    pub fn take_handle(&self) -> i32 {
        let mut events = self.events.borrow_mut();
        events.channel(self.id).and_then(|channel| channel.transport.take_handle()).map_or(-1, IntoRawFd::into_raw_fd)
    }

    #[napi]
    pub fn transport(&self) -> &'static str {
        self.events.borrow_mut().channel(self.id).map_or("socket", |channel| channel.transport.kind())
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
