use super::queue::kqueue;
use rustix::event::kqueue::{kevent, Event, EventFilter, EventFlags};
use rustix::io::{fcntl_dupfd_cloexec, Result};
use std::ffi::c_void;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::time::Duration;

/// What one turn handles at most, so that timers and sockets get their turn in between.
const BATCH: usize = 32;

/// A set of processes to watch for their end, itself a descriptor that is readable when one of them has ended.
#[derive(Debug)]
pub struct Poller {
    kqueue: OwnedFd,
}

impl Poller {
    pub fn new() -> Result<Self> {
        Ok(Poller { kqueue: kqueue()? })
    }

    pub fn add(&self, process: impl AsFd, token: u64) -> Result<()> {
        self.change(process, EventFlags::ADD, token)
    }

    pub fn remove(&self, process: impl AsFd) -> Result<()> {
        self.change(process, EventFlags::DELETE, 0)
    }

    fn change(&self, process: impl AsFd, flags: EventFlags, token: u64) -> Result<()> {
        let event = Event::new(EventFilter::Read(process.as_fd().as_raw_fd()), flags, token as usize as *mut c_void);
        let mut none: [Event; 0] = [];
        // SAFETY: the kernel forgets a descriptor when it is closed, so none stays behind.
        unsafe { kevent(&self.kqueue, &[event], &mut none[..], None) }.map(|_| ())
    }

    /// Another handle on the same set.
    pub fn try_clone(&self) -> Result<Poller> {
        Ok(Poller { kqueue: fcntl_dupfd_cloexec(&self.kqueue, 3)? })
    }

    /// Blocks until one has ended and returns the tokens, or none when interrupted.
    pub fn wait(&self) -> Vec<u64> {
        self.tokens(None)
    }

    /// As [`Poller::wait`], for so long at most.
    pub fn wait_for(&self, timeout: Option<Duration>) -> Vec<u64> {
        self.tokens(timeout)
    }

    /// The tokens of those that have ended, without waiting. Those that do not fit come with the next call.
    pub fn ready(&self) -> Vec<u64> {
        self.tokens(Some(Duration::ZERO))
    }

    fn tokens(&self, timeout: Option<Duration>) -> Vec<u64> {
        let mut events: Vec<Event> = Vec::with_capacity(BATCH);
        // SAFETY: nothing is changed. EINTR is no event; nothing else can fail here.
        let _interrupted = unsafe { kevent(&self.kqueue, &[], rustix::buffer::spare_capacity(&mut events), timeout) };
        events.iter().map(|event| event.udata() as u64).collect()
    }
}

impl AsFd for Poller {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.kqueue.as_fd()
    }
}
