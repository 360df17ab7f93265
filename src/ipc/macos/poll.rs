use crate::ipc::interest::{Interest, Ready};
use crate::process::kqueue;
use rustix::event::kqueue::{kevent, Event, EventFilter, EventFlags};
use rustix::io::{Errno, Result};
use std::ffi::c_void;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::time::Duration;

/// Handled before what follows from it is done.
const BATCH: usize = 64;

/// What a broker or a pool waits for, itself a descriptor that is readable when something of it is there.
#[derive(Debug)]
pub struct Poll {
    kqueue: OwnedFd,
}

impl Poll {
    pub fn new() -> Result<Self> {
        Ok(Poll { kqueue: kqueue()? })
    }

    pub fn add(&self, fd: impl AsFd, token: u64, interest: Interest) -> Result<()> {
        self.change(fd, token, interest)
    }

    /// A filter that is not there cannot be taken away, which is what was wanted.
    pub fn change(&self, fd: impl AsFd, token: u64, interest: Interest) -> Result<()> {
        let fd = fd.as_fd().as_raw_fd();
        for (filter, wanted) in [(EventFilter::Read(fd), interest.read), (EventFilter::Write(fd), interest.write)] {
            let mut flags = if wanted { EventFlags::ADD } else { EventFlags::DELETE };
            flags.set(EventFlags::CLEAR, wanted && interest.edge);
            let event = Event::new(filter, flags, token as usize as *mut c_void);
            let mut none: [Event; 0] = [];
            // SAFETY: the kernel forgets a descriptor when it is closed, so none stays behind.
            match unsafe { kevent(&self.kqueue, &[event], &mut none[..], None) } {
                Err(Errno::NOENT) if !wanted => {}
                result => result.map(drop)?,
            }
        }
        Ok(())
    }

    pub fn remove(&self, fd: impl AsFd) -> Result<()> {
        self.change(fd, 0, Interest::NONE)
    }

    /// What is there, or comes within `timeout`; `None`: whenever it does. What does not fit comes with the next call.
    pub fn wait(&self, timeout: Option<Duration>) -> Vec<Ready> {
        let mut events: Vec<Event> = Vec::with_capacity(BATCH);
        // SAFETY: nothing is changed. EINTR is no event; nothing else can fail here.
        let _interrupted = unsafe { kevent(&self.kqueue, &[], rustix::buffer::spare_capacity(&mut events), timeout) };
        let ready = events.iter().map(|event| Ready {
            token: event.udata() as u64,
            readable: matches!(event.filter(), EventFilter::Read(_)),
            writable: matches!(event.filter(), EventFilter::Write(_)),
            over: false,
        });
        ready.collect()
    }
}

impl AsFd for Poll {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.kqueue.as_fd()
    }
}
