//! Bytes and descriptors that go through a pool.

use super::arguments::negated;
use super::pieces::{hand_out, Giver, Piece};
use super::pool::Pool;
use super::slab::{value, wanted};
use super::task_frame::{duplicates, Described, Segments};
use crate::pool::bytes::{Frame, Sharing};
use crate::pool::Submission;
use napi::bindgen_prelude::{Env, Float64ArraySlice, Int32ArraySlice, Unknown};
use napi::{Error, Result};
use napi_derive::napi;
use std::os::fd::IntoRawFd;
use std::sync::Arc;

/// See js/native.d.ts.
#[napi]
impl Pool {
    #[napi]
    #[allow(clippy::too_many_arguments)] // what a frame has
    pub fn submit_with(
        &self,
        env: Env,
        id: u32,
        name: String,
        tagged: bool,
        json: String,
        segments: Vec<Unknown<'_>>,
        types: String,
        handles: Option<Int32ArraySlice<'_>>,
        options: Option<Float64ArraySlice<'_>>,
        key: Option<String>,
    ) -> i32 {
        let keys: Vec<Arc<str>> = key.into_iter().map(Arc::from).collect();
        let submission = Submission { options: options.as_deref().unwrap_or_default(), keys: &keys };
        let described = duplicates(handles.as_deref().unwrap_or_default()).map(|handles| Described {
            id,
            name: &name,
            tagged,
            json: &json,
            handles,
            sharing: submission.sharing(),
        });
        let (described, segments) = match described.and_then(|described| Ok((described, Segments::new(env, &segments, &types)?))) {
            Ok(both) => both,
            Err(errno) => return negated(errno),
        };
        // Before anything is copied, or taken away from whom it belongs to.
        if !self.with(|engine, _| engine.dispatcher.has_room(segments.length() + json.len())) {
            return 0;
        }
        let segments = segments.take(&self.events, env, &self.memory(), described.sharing);
        // The copy was made without the pool's own thread having to wait for it.
        let frame = described.frame(segments);
        self.with(|engine, now| {
            let accepted = engine.submit_frame(frame, id, name.as_bytes(), &submission, 0, now);
            engine.advance(now);
            i32::from(accepted)
        })
    }

    #[napi]
    pub fn broadcast_with(&self, env: Env, tagged: bool, json: String, segments: Vec<Unknown<'_>>, types: String) -> i32 {
        match Segments::new(env, &segments, &types) {
            Ok(segments) => {
                let segments = segments.take(&self.events, env, &self.memory(), Sharing::Copied);
                let frame = Frame::parts("M", tagged, "", &json, segments, Vec::new(), Sharing::Copied);
                self.with(|engine, _| engine.broadcast(&frame)) as i32
            }
            Err(errno) => negated(errno),
        }
    }

    #[napi]
    pub fn alloc(&self, env: Env, size: f64) -> Result<Option<Unknown<'static>>> {
        let piece = wanted(size).and_then(|size| self.memory().allocate(size));
        let buffer = piece.and_then(|piece| hand_out(&self.events, env, Piece::Allocated(piece)));
        buffer.map(|buffer| value(env, buffer)).transpose()
    }

    #[napi]
    pub fn take(&self, env: Env, worker: u32, slab: u32, offset: f64) -> Result<Option<Unknown<'static>>> {
        let piece = self.events.borrow_mut().offered(self.id).and_then(|offered| offered.take(worker, slab, offset as usize));
        let Some(piece) = piece else { return Ok(None) };
        match hand_out(&self.events, env, Piece::Received(piece, Giver::Worker(self.id, worker))) {
            Some(buffer) => value(env, buffer).map(Some),
            None => Err(Error::from_reason("there is no memory for an ArrayBuffer")),
        }
    }

    #[napi]
    pub fn take_handle(&self) -> i32 {
        let handle = self.events.borrow_mut().offered(self.id).and_then(|offered| offered.take_handle());
        handle.map_or(-1, IntoRawFd::into_raw_fd)
    }
}
