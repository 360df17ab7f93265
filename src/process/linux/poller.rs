use rustix::event::epoll::{self, EventData, EventFlags};
use rustix::event::Timespec;
use rustix::io::Result;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

/// What one turn handles at most, so that timers and sockets get their turn in between.
const BATCH: usize = 32;

/// A set of processes to watch for their end, itself a descriptor that is readable when one of them has ended.
#[derive(Debug)]
pub struct Poller {
    epoll: OwnedFd,
}

impl Poller {
    pub fn new() -> Result<Self> {
        Ok(Poller { epoll: epoll::create(epoll::CreateFlags::CLOEXEC)? })
    }

    pub fn add(&self, process: impl AsFd, token: u64) -> Result<()> {
        epoll::add(&self.epoll, process, EventData::new_u64(token), EventFlags::IN)
    }

    /// Always before closing a descriptor: a child between clone and exec keeps its file open, and with it the registration.
    pub fn remove(&self, process: impl AsFd) -> Result<()> {
        epoll::delete(&self.epoll, process)
    }

    /// Another handle on the same set.
    pub fn try_clone(&self) -> Result<Poller> {
        Ok(Poller { epoll: rustix::io::fcntl_dupfd_cloexec(&self.epoll, 3)? })
    }

    /// Blocks until one has ended and returns the tokens, or none when interrupted.
    pub fn wait(&self) -> Vec<u64> {
        self.tokens(None)
    }

    /// As [`Poller::wait`], for so long at most.
    pub fn wait_for(&self, timeout: Option<Duration>) -> Vec<u64> {
        let timeout = timeout.map(|timeout| Timespec { tv_sec: timeout.as_secs() as i64, tv_nsec: timeout.subsec_nanos().into() });
        self.tokens(timeout.as_ref())
    }

    /// The tokens of those that have ended, without waiting. Those that do not fit come with the next call.
    pub fn ready(&self) -> Vec<u64> {
        self.tokens(Some(&Timespec::default()))
    }

    fn tokens(&self, timeout: Option<&Timespec>) -> Vec<u64> {
        let mut events = Vec::with_capacity(BATCH);
        // EINTR is no event; nothing else can fail here.
        let _interrupted = epoll::wait(&self.epoll, rustix::buffer::spare_capacity(&mut events), timeout);
        events.iter().map(|event| event.data.u64()).collect()
    }
}

impl AsFd for Poller {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.epoll.as_fd()
    }
}
