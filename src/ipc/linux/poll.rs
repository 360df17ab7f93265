use crate::ipc::interest::{Interest, Ready};
use rustix::event::epoll::{self, Event, EventData, EventFlags};
use rustix::event::Timespec;
use rustix::io::Result;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

/// Handled before what follows from it is done.
const BATCH: usize = 64;

/// What a broker or a pool waits for, itself a descriptor that is readable when something of it is there.
#[derive(Debug)]
pub struct Poll {
    epoll: OwnedFd,
}

fn flags(interest: Interest) -> EventFlags {
    let mut flags = EventFlags::empty();
    flags.set(EventFlags::IN, interest.read);
    flags.set(EventFlags::OUT, interest.write);
    flags.set(EventFlags::ET, interest.edge);
    flags
}

impl Poll {
    pub fn new() -> Result<Self> {
        Ok(Poll { epoll: epoll::create(epoll::CreateFlags::CLOEXEC)? })
    }

    pub fn add(&self, fd: impl AsFd, token: u64, interest: Interest) -> Result<()> {
        epoll::add(&self.epoll, fd, EventData::new_u64(token), flags(interest))
    }

    pub fn change(&self, fd: impl AsFd, token: u64, interest: Interest) -> Result<()> {
        epoll::modify(&self.epoll, fd, EventData::new_u64(token), flags(interest))
    }

    /// Always before closing: a child between clone and exec keeps the file open, and with it the registration.
    pub fn remove(&self, fd: impl AsFd) -> Result<()> {
        epoll::delete(&self.epoll, fd)
    }

    /// What is there, or comes within `timeout`; `None`: whenever it does. What does not fit comes with the next call.
    pub fn wait(&self, timeout: Option<Duration>) -> Vec<Ready> {
        let timeout = timeout.map(|timeout| Timespec { tv_sec: timeout.as_secs() as i64, tv_nsec: timeout.subsec_nanos().into() });
        let mut space = [MaybeUninit::<Event>::uninit(); BATCH];
        // EINTR is no event; nothing else can fail here.
        let Ok((events, _)) = epoll::wait(&self.epoll, &mut space[..], timeout.as_ref()) else { return Vec::new() };
        let ready = events.iter().map(|event| {
            // Copied: the kernel's layout is packed.
            let (flags, data) = (event.flags, event.data);
            let over = flags.intersects(EventFlags::HUP | EventFlags::ERR);
            Ready { token: data.u64(), readable: over || flags.contains(EventFlags::IN), writable: flags.contains(EventFlags::OUT), over }
        });
        ready.collect()
    }
}

impl AsFd for Poll {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.epoll.as_fd()
    }
}
