use super::clients::{Interest, Ready};
use rustix::event::kqueue::{kevent, kqueue, Event, EventFilter, EventFlags};
use rustix::io::{fcntl_setfd, Errno, FdFlags, Result};
use std::ffi::c_void;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::time::Duration;

/// Handled before the queues of all are written.
const BATCH: usize = 64;

/// Sockets, and what is awaited of each.
#[derive(Debug)]
pub struct Poll {
    kqueue: OwnedFd,
}

impl Poll {
    pub fn new() -> Result<Self> {
        let kqueue = kqueue()?;
        fcntl_setfd(&kqueue, FdFlags::CLOEXEC)?;
        Ok(Poll { kqueue })
    }

    pub fn add(&self, socket: impl AsFd, token: u64, interest: Interest) -> Result<()> {
        self.change(socket, token, interest)
    }

    /// A filter that is not there cannot be taken away, which is what was wanted.
    pub fn change(&self, socket: impl AsFd, token: u64, interest: Interest) -> Result<()> {
        let fd = socket.as_fd().as_raw_fd();
        for (filter, wanted) in [(EventFilter::Read(fd), interest.read), (EventFilter::Write(fd), interest.write)] {
            let flags = if wanted { EventFlags::ADD } else { EventFlags::DELETE };
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

    pub fn remove(&self, socket: impl AsFd) -> Result<()> {
        self.change(socket, 0, Interest { read: false, write: false })
    }

    pub fn wait(&self, timeout: Option<Duration>) -> Vec<Ready> {
        let mut events: Vec<Event> = Vec::with_capacity(BATCH);
        // SAFETY: nothing is changed. EINTR is no event; nothing else can fail here.
        let _interrupted = unsafe { kevent(&self.kqueue, &[], rustix::buffer::spare_capacity(&mut events), timeout) };
        let ready = events.iter().map(|event| Ready {
            token: event.udata() as u64,
            readable: matches!(event.filter(), EventFilter::Read(_)),
            writable: matches!(event.filter(), EventFilter::Write(_)),
        });
        ready.collect()
    }
}
