use super::arguments::negated;
use super::reactor::Reactor;
use crate::process::Pump;
use napi::bindgen_prelude::{Int32ArraySlice, Uint8ArraySlice};
use napi_derive::napi;
use rustix::io::{fcntl_dupfd_cloexec, Errno};
use std::os::fd::{BorrowedFd, FromRawFd, OwnedFd};

/// See js/native.d.ts.
#[napi]
impl Reactor {
    #[napi]
    pub fn pump(&self, from: i32, to: Int32ArraySlice<'_>, count: u32, head: Option<Uint8ArraySlice<'_>>) -> i32 {
        // SAFETY: JavaScript gives it away.
        let from = unsafe { OwnedFd::from_raw_fd(from) };
        let Some(to) = to.get(..count as usize) else { return negated(Errno::INVAL) };
        // SAFETY: descriptors that JavaScript holds open during this call.
        let copies = to.iter().map(|fd| fcntl_dupfd_cloexec(unsafe { BorrowedFd::borrow_raw(*fd) }, 3)).collect::<Result<_, _>>();
        let head = head.as_deref().unwrap_or_default().to_vec();
        let start = |done| Pump::start(from, copies?, head, done);
        self.events.borrow_mut().insert_pump(start).map_or_else(negated, |id| id as i32)
    }
}
