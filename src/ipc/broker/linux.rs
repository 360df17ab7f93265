use super::clients::{Interest, Ready};
use rustix::event::epoll::{self, EventData, EventFlags};
use rustix::event::Timespec;
use rustix::io::Result;
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

/// Handled before the queues of all are written.
const BATCH: usize = 64;

/// Sockets, and what is awaited of each.
#[derive(Debug)]
pub struct Poll {
    epoll: OwnedFd,
}

fn flags(interest: Interest) -> EventFlags {
    let mut flags = EventFlags::empty();
    flags.set(EventFlags::IN, interest.read);
    flags.set(EventFlags::OUT, interest.write);
    flags
}

impl Poll {
    pub fn new() -> Result<Self> {
        Ok(Poll { epoll: epoll::create(epoll::CreateFlags::CLOEXEC)? })
    }

    pub fn add(&self, socket: impl AsFd, token: u64, interest: Interest) -> Result<()> {
        epoll::add(&self.epoll, socket, EventData::new_u64(token), flags(interest))
    }

    pub fn change(&self, socket: impl AsFd, token: u64, interest: Interest) -> Result<()> {
        epoll::modify(&self.epoll, socket, EventData::new_u64(token), flags(interest))
    }

    /// Always before closing: a child between clone and exec keeps the socket open, and with it the registration.
    pub fn remove(&self, socket: impl AsFd) -> Result<()> {
        epoll::delete(&self.epoll, socket)
    }

    pub fn wait(&self, timeout: Option<Duration>) -> Vec<Ready> {
        let timeout = timeout.map(|timeout| Timespec { tv_sec: timeout.as_secs() as i64, tv_nsec: timeout.subsec_nanos().into() });
        let mut events = Vec::with_capacity(BATCH);
        // EINTR is no event; nothing else can fail here.
        let _interrupted = epoll::wait(&self.epoll, rustix::buffer::spare_capacity(&mut events), timeout.as_ref());
        let ready = events.iter().map(|event| {
            // Copied: the kernel's layout is packed.
            let (flags, data) = (event.flags, event.data);
            let over = flags.intersects(EventFlags::HUP | EventFlags::ERR);
            Ready { token: data.u64(), readable: over || flags.contains(EventFlags::IN), writable: flags.contains(EventFlags::OUT) }
        });
        ready.collect()
    }
}
