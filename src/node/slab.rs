//! Bytes that go through shared memory, as JavaScript sees them.

use super::pieces::{hand_out, Giver, Piece};
use super::reactor::Reactor;
use super::wire::Wire;
use crate::ipc::{self, slab::SHORTEST};
use napi::bindgen_prelude::{Env, FromNapiValue, JsValue, Uint8ArraySlice, Unknown};
use napi::{sys, Error, Result};
use napi_derive::napi;

/// A number above what memory can hold saturates, and there is no room for it.
pub(super) fn wanted(size: f64) -> Option<usize> {
    (size >= SHORTEST as f64).then_some(size as usize)
}

pub(super) fn value(env: Env, buffer: sys::napi_value) -> Result<Unknown<'static>> {
    // SAFETY: a value just made, in the scope of this call.
    unsafe { Unknown::from_napi_value(env.raw(), buffer) }
}

/// See js/native.d.ts.
#[napi]
impl Wire {
    #[napi]
    pub fn place(&self, bytes: Uint8ArraySlice<'_>) -> Option<String> {
        if bytes.is_empty() {
            return None;
        }
        self.change(|wire| wire.place(&bytes)).flatten()
    }

    #[napi]
    pub fn alloc(&self, env: Env, size: f64) -> Result<Option<Unknown<'static>>> {
        let piece = wanted(size).and_then(|size| self.change(|wire| wire.allocate(size)).flatten());
        let buffer = piece.and_then(|piece| hand_out(&self.events, env, Piece::Allocated(piece)));
        buffer.map(|buffer| value(env, buffer)).transpose()
    }

    #[napi]
    pub fn give(&self, env: Env, buffer: Unknown<'_>) -> Option<String> {
        let buffer = buffer.raw();
        let slab = match self.events.borrow().pieces.find(env, buffer) {
            Some(Piece::Allocated(piece)) => piece.slab(),
            _ => return None,
        };
        if !self.change(|wire| wire.adopt(&slab))? {
            return None;
        }
        let mut events = self.events.borrow_mut();
        let Some(Piece::Allocated(piece)) = events.pieces.detach(env, buffer) else { return None };
        let channel = events.wire(self.id)?.outbound();
        let (recent, mark) = (channel.downgrade(), channel.send(piece).ok());
        events.pieces.given_to(recent);
        mark
    }

    #[napi]
    pub fn take(&self, env: Env, slab: u32, offset: f64) -> Result<Option<Unknown<'static>>> {
        let piece = self.events.borrow_mut().wire(self.id).and_then(|wire| wire.take_piece(slab, offset as usize));
        let Some(piece) = piece else { return Ok(None) };
        match hand_out(&self.events, env, Piece::Received(piece, Giver::Wire(self.id))) {
            Some(buffer) => value(env, buffer).map(Some),
            None => Err(Error::from_reason("there is no memory for an ArrayBuffer")),
        }
    }
}

impl Wire {
    /// What may write frames of the wire's own, for which it may have to wait.
    fn change<T>(&self, change: impl FnOnce(&mut ipc::wire::Wire) -> T) -> Option<T> {
        let mut events = self.events.borrow_mut();
        let wire = events.wire(self.id)?;
        let before = wire.interest();
        let result = change(wire);
        if wire.interest() != before {
            // Out of watches (ENOSPC): they go out with the next write.
            let _later = events.rewatch_channel(self.id);
        }
        Some(result)
    }
}

/// See js/native.d.ts.
#[napi]
impl Reactor {
    #[napi]
    pub fn alloc_piece(&self, env: Env, size: f64) -> Result<Option<Unknown<'static>>> {
        let piece = wanted(size).and_then(|size| self.events.borrow_mut().pieces.allocate(size));
        let buffer = piece.and_then(|piece| hand_out(&self.events, env, Piece::Allocated(piece)));
        buffer.map(|buffer| value(env, buffer)).transpose()
    }

    #[napi]
    pub fn release_piece(&self, env: Env, buffer: Unknown<'_>) -> bool {
        let mut events = self.events.borrow_mut();
        let Some(piece) = events.pieces.detach(env, buffer.raw()) else { return false };
        events.drop_piece(piece);
        true
    }
}
