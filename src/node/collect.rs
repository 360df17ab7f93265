use super::arguments::negated;
use super::event_loop::status_of;
use super::hand_over::{Form, HandOver};
use super::reactor::Reactor;
use crate::process::collect::{Collected, Finished, Plan, Stream};
use napi::bindgen_prelude::Env;
use napi::{Error, Result, Unknown};
use napi_derive::napi;
use rustix::io::Errno;
use std::os::fd::{FromRawFd, IntoRawFd, OwnedFd};
use std::sync::Arc;

/// Of a stream whose bytes are all here, while they are being decoded.
const DECODING: i32 = 3;

impl Reactor {
    fn stream(&self, id: u32) -> Option<Arc<Stream>> {
        self.events.borrow().stream(id)
    }
}

fn unknown(id: u32) -> Error<&'static str> {
    Error::new("ERR_INVALID_ARG_VALUE", format!("{id} is not a stream that is collected"))
}

/// See js/native.d.ts.
#[napi]
impl Reactor {
    #[napi]
    pub fn collect(&self, fd: i32, limit: f64, partner: u32, text: Option<bool>) -> i32 {
        // SAFETY: JavaScript gives it away.
        let fd = unsafe { OwnedFd::from_raw_fd(fd) };
        // A number above what memory can hold saturates: no limit.
        let plan = Plan { limit: limit as usize, text: text.unwrap_or(false) };
        let partner = self.stream(partner);
        let collected = self.events.borrow_mut().insert_stream(|tell| Stream::collect(fd, plan, partner.as_ref(), tell));
        collected.map_or_else(negated, |id| id as i32)
    }

    #[napi]
    pub fn finish(&self, id: u32) -> i32 {
        let Some(stream) = self.stream(id) else { return negated(Errno::BADF) };
        let ending = match stream.finish() {
            Finished::Over(ending) => ending,
            Finished::GoesOn => return 0,
            Finished::Decoding => return DECODING,
        };
        self.events.borrow_mut().stream_over(id);
        // 0 and 1 of the event are 1 and 2 here, where 0 is "not yet".
        let status = status_of(ending);
        if status < 0 {
            status
        } else {
            status + 1
        }
    }

    #[napi]
    pub fn collected_bytes(&self, id: u32) -> f64 {
        self.stream(id).map_or(0, |stream| stream.received()) as f64
    }

    #[napi]
    pub fn collected(&self, env: Env, id: u32, form: u32, strip: bool) -> Result<Unknown<'static>, &'static str> {
        let stream = self.stream(id).ok_or_else(|| unknown(id))?;
        let form = Form::from(form);
        let collected = stream.take(form == Form::Text);
        self.events.borrow_mut().close_stream_or_ticket(id);
        HandOver::new(env, form, strip).collected(collected)
    }

    #[napi]
    pub fn collected_all(&self, env: Env, id: u32, form: u32, strip: bool) -> Result<Unknown<'static>, &'static str> {
        let form = Form::from(form);
        let together = self.stream(id).and_then(|stream| stream.with_partner(form == Form::Text)).ok_or_else(|| unknown(id))?;
        let bytes = together.map_err(|errno| Error::new("ENOMEM", errno.to_string()))?;
        HandOver::new(env, form, strip).collected(Collected::Bytes { bytes, ascii: false })
    }

    #[napi]
    pub fn take_over(&self, id: u32) -> i32 {
        let fd = self.stream(id).and_then(|stream| stream.take_over());
        if fd.is_some() {
            self.events.borrow_mut().stream_over(id);
        }
        fd.map_or(negated(Errno::BADF), IntoRawFd::into_raw_fd)
    }

    #[napi]
    pub fn close(&self, id: u32) {
        self.events.borrow_mut().close_stream_or_ticket(id);
    }
}
