use crate::process;
use napi_derive::napi;
use std::os::fd::{FromRawFd, OwnedFd};

/// See js/native.d.ts.
#[napi]
pub struct Lifeline(Option<process::Lifeline>);

/// See js/native.d.ts.
#[napi]
pub fn hold_lifeline(fd: i32) -> Lifeline {
    // SAFETY: JavaScript gives it away.
    let fd = unsafe { OwnedFd::from_raw_fd(fd) };
    // Out of threads, the end of this process is seen when it is over.
    Lifeline(process::Lifeline::hold(fd).ok())
}

#[napi]
impl Lifeline {
    #[napi]
    pub fn settle(&mut self) {
        if let Some(lifeline) = self.0.take() {
            lifeline.settle();
        }
    }
}
