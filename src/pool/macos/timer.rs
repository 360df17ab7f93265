use crate::process::kqueue;
use rustix::event::kqueue::{kevent, Event, EventFilter, EventFlags};
use rustix::io::Result;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::ptr;
use std::time::Duration;

/// Readable from the time that it was set to, until it is cleared: a kqueue of its own, which others can watch.
#[derive(Debug)]
pub struct Timer {
    kqueue: OwnedFd,
}

impl Timer {
    pub fn new() -> Result<Self> {
        Ok(Timer { kqueue: kqueue()? })
    }

    /// In place of what it was set to.
    pub fn set(&self, delay: Duration) -> Result<()> {
        let timer = EventFilter::Timer { ident: 0, timer: Some(delay.max(Duration::from_micros(1))) };
        let event = Event::new(timer, EventFlags::ADD | EventFlags::ONESHOT, ptr::null_mut());
        let mut none: [Event; 0] = [];
        // SAFETY: no descriptor is named.
        unsafe { kevent(&self.kqueue, &[event], &mut none[..], None) }.map(drop)
    }

    pub fn clear(&self) {
        let mut events: Vec<Event> = Vec::with_capacity(1);
        // SAFETY: nothing is changed. Fails only where nothing is there.
        let _not_due = unsafe { kevent(&self.kqueue, &[], rustix::buffer::spare_capacity(&mut events), Some(Duration::ZERO)) };
    }
}

impl AsFd for Timer {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.kqueue.as_fd()
    }
}
