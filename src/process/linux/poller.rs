use crate::process::ready::BATCH;
use crate::process::{Batch, Ready};
use rustix::event::epoll::{self, EventData, EventFlags};
use rustix::event::Timespec;
use rustix::io::{Errno, Result};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// A set of descriptors to watch, itself a descriptor that is readable when one of them is ready.
#[derive(Debug)]
pub struct Poller {
    epoll: OwnedFd,
}

impl Poller {
    pub fn new() -> Result<Self> {
        Ok(Poller { epoll: epoll::create(epoll::CreateFlags::CLOEXEC)? })
    }

    /// Watches for input, for output too if `writable`, level-triggered.
    pub fn add(&self, fd: impl AsFd, token: u64, readable: bool, writable: bool) -> Result<()> {
        epoll::add(&self.epoll, fd, EventData::new_u64(token), flags(readable, writable))
    }

    pub fn modify(&self, fd: impl AsFd, token: u64, readable: bool, writable: bool) -> Result<()> {
        epoll::modify(&self.epoll, fd, EventData::new_u64(token), flags(readable, writable))
    }

    /// Always before closing a descriptor: a child between clone and exec keeps its file open, and with it the registration.
    pub fn remove(&self, fd: impl AsFd) -> Result<()> {
        epoll::delete(&self.epoll, fd)
    }

    /// Another handle on the same set.
    pub fn try_clone(&self) -> Result<Poller> {
        Ok(Poller { epoll: rustix::io::fcntl_dupfd_cloexec(&self.epoll, 3)? })
    }

    /// Blocks until something is ready and returns its tokens, or none when interrupted.
    pub fn wait(&self) -> Vec<u64> {
        let mut events = Vec::with_capacity(BATCH);
        // EINTR is no event; nothing else can fail here.
        let _interrupted = epoll::wait(&self.epoll, rustix::buffer::spare_capacity(&mut events), None);
        events.iter().map(|event| event.data.u64()).collect()
    }

    /// What is ready now, without waiting.
    pub fn ready(&self, batch: &mut Batch) -> Result<()> {
        batch.clear();
        let mut events = Vec::with_capacity(BATCH);
        match epoll::wait(&self.epoll, rustix::buffer::spare_capacity(&mut events), Some(&Timespec::default())) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(errno) => return Err(errno),
        }
        batch.extend(events.iter().map(|event| {
            let flags = event.flags;
            let hung_up = flags.intersects(EventFlags::HUP | EventFlags::ERR);
            Ready {
                token: event.data.u64(),
                readable: hung_up || flags.contains(EventFlags::IN),
                writable: hung_up || flags.contains(EventFlags::OUT),
            }
        }));
        Ok(())
    }
}

fn flags(readable: bool, writable: bool) -> EventFlags {
    let mut flags = EventFlags::empty();
    flags.set(EventFlags::IN, readable);
    flags.set(EventFlags::OUT, writable);
    flags
}

impl AsFd for Poller {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.epoll.as_fd()
    }
}
