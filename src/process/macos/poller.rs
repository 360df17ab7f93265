use crate::process::ready::BATCH;
use crate::process::{Batch, Ready};
use rustix::event::kqueue::{kevent, kqueue, Event, EventFilter, EventFlags};
use rustix::io::{fcntl_dupfd_cloexec, fcntl_setfd, Errno, FdFlags, Result};
use std::ffi::c_void;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::time::Duration;

/// A set of descriptors to watch, itself a descriptor that is readable when one of them is ready.
#[derive(Debug)]
pub struct Poller {
    kqueue: OwnedFd,
}

impl Poller {
    pub fn new() -> Result<Self> {
        let kqueue = kqueue()?;
        fcntl_setfd(&kqueue, FdFlags::CLOEXEC)?;
        Ok(Poller { kqueue })
    }

    /// Watches for input, for output too if `writable`, level-triggered.
    pub fn add(&self, fd: impl AsFd, token: u64, readable: bool, writable: bool) -> Result<()> {
        let fd = fd.as_fd().as_raw_fd();
        if readable {
            self.change(EventFilter::Read(fd), EventFlags::ADD, token)?;
        }
        if writable {
            self.change(EventFilter::Write(fd), EventFlags::ADD, token)?;
        }
        Ok(())
    }

    pub fn modify(&self, fd: impl AsFd, token: u64, readable: bool, writable: bool) -> Result<()> {
        let fd = fd.as_fd();
        self.add(fd, token, readable, writable)?;
        self.forget(fd.as_raw_fd(), !readable, !writable)
    }

    pub fn remove(&self, fd: impl AsFd) -> Result<()> {
        self.forget(fd.as_fd().as_raw_fd(), true, true)
    }

    fn forget(&self, fd: RawFd, readable: bool, writable: bool) -> Result<()> {
        for (unwanted, filter) in [(readable, EventFilter::Read(fd)), (writable, EventFilter::Write(fd))] {
            if !unwanted {
                continue;
            }
            match self.change(filter, EventFlags::DELETE, 0) {
                // It was not watched for that.
                Ok(()) | Err(Errno::NOENT) => {}
                Err(errno) => return Err(errno),
            }
        }
        Ok(())
    }

    fn change(&self, filter: EventFilter, flags: EventFlags, token: u64) -> Result<()> {
        let event = Event::new(filter, flags, token as usize as *mut c_void);
        let mut none: [Event; 0] = [];
        // SAFETY: the kernel forgets a descriptor when it is closed, so none stays behind.
        unsafe { kevent(&self.kqueue, &[event], &mut none[..], None) }.map(|_| ())
    }

    /// Another handle on the same set.
    pub fn try_clone(&self) -> Result<Poller> {
        Ok(Poller { kqueue: fcntl_dupfd_cloexec(&self.kqueue, 3)? })
    }

    /// Blocks until something is ready and returns its tokens, or none when interrupted.
    pub fn wait(&self) -> Vec<u64> {
        let mut events = Vec::with_capacity(BATCH);
        // SAFETY: nothing is changed. EINTR is no event; nothing else can fail here.
        let _interrupted = unsafe { kevent(&self.kqueue, &[], rustix::buffer::spare_capacity(&mut events), None) };
        events.iter().map(|event: &Event| event.udata() as u64).collect()
    }

    /// What is ready now, without waiting. A descriptor ready both ways comes twice: its filters are two events.
    pub fn ready(&self, batch: &mut Batch) -> Result<()> {
        batch.clear();
        let mut events: Vec<Event> = Vec::with_capacity(BATCH);
        // SAFETY: nothing is changed.
        match unsafe { kevent(&self.kqueue, &[], rustix::buffer::spare_capacity(&mut events), Some(Duration::ZERO)) } {
            Ok(_) | Err(Errno::INTR) => {}
            Err(errno) => return Err(errno),
        }
        batch.extend(events.iter().map(|event| {
            let writable = matches!(event.filter(), EventFilter::Write(_));
            Ready { token: event.udata() as u64, readable: !writable, writable }
        }));
        Ok(())
    }
}

impl AsFd for Poller {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.kqueue.as_fd()
    }
}
