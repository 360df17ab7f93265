//! What carries a channel's bytes: a Unix socket, or a ring in shared memory with the socket beside it.
//!
//! In a ring there is no system call but to wake an end that sleeps. The socket stays for what only the kernel can do: it tells that the
//! peer is gone, and it brings descriptors. Those travel with a carrier of their own, which is sent before the bytes that they belong to
//! are shown in the ring; so they are here when those are read.
//!
//! A channel begins on its socket. Each end turns to the ring by itself: what it says last on the socket says so.

mod attention;
mod carried;
mod layout;
mod linger;
mod posting;
mod ring;
#[cfg(all(test, target_os = "linux"))] // elsewhere there is no ring
mod tests;
mod waiting;

pub use linger::Next;
pub use ring::{Ring, RingFds};

use super::{Sent, Socket};
use attention::Attention;
use carried::Carried;
use posting::Posting;
use rustix::io::{Errno, Result};
use std::collections::VecDeque;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Instant;
use waiting::Queue;

/// Of each direction of a ring. A quarter of it makes the ends wait for one another, which costs a fifth of the rate; pages that are never used cost nothing.
pub const CAPACITY: u32 = 512 * 1024;

pub struct Transport {
    socket: Socket,
    ring: Option<Ring>,
    writes_to_ring: bool,
    reads_from_ring: bool,
    is_reading: bool,
    /// For the ring. Younger than everything that waits in the socket.
    queue: Queue,
    carried: VecDeque<Carried>,
    /// Descriptors in those.
    unread: usize,
    /// There are others, which wait in the socket.
    has_more_carriers: bool,
    received: VecDeque<OwnedFd>,
    has_lost: bool,
    peer_is_gone: bool,
    /// What the peer has done to the ring that cannot be.
    broken: Option<Errno>,
    attention: Attention,
    posting: Posting,
}

impl Transport {
    pub fn new(fd: OwnedFd) -> Result<Self> {
        Ok(Transport {
            socket: Socket::new(fd)?,
            ring: None,
            writes_to_ring: false,
            reads_from_ring: false,
            is_reading: false,
            queue: Queue::default(),
            carried: VecDeque::new(),
            unread: 0,
            has_more_carriers: false,
            received: VecDeque::new(),
            has_lost: false,
            peer_is_gone: false,
            broken: None,
            attention: Attention::default(),
            posting: Posting::default(),
        })
    }

    /// Keeps a ring ready to turn to.
    pub fn hold_ring(&mut self, ring: Ring) {
        self.ring = Some(ring);
    }

    /// It is not to be. Only before anything has turned to it.
    pub fn drop_ring(&mut self) {
        debug_assert!(!self.writes_to_ring && !self.reads_from_ring);
        self.ring = None;
    }

    /// What is written from now on goes into the ring. `last` is the last on the socket, and says so.
    pub fn turn_out(&mut self, last: &[u8]) -> Result<()> {
        self.socket.write_quiet(&[last], &[])?;
        self.writes_to_ring = self.ring.is_some();
        Ok(())
    }

    /// What the peer says from now on comes out of the ring. `rest`: what came behind its last words on the socket, which is nothing.
    pub fn turn_in(&mut self, rest: &[u8]) -> Result<()> {
        let ring = self.ring.as_mut().filter(|_| rest.is_empty()).ok_or(Errno::PROTO)?;
        ring.read_from_here()?;
        self.reads_from_ring = true;
        Ok(())
    }

    /// Whether any of it is in the ring.
    pub fn is_in_ring(&self) -> bool {
        self.writes_to_ring || self.reads_from_ring
    }

    /// What carries it: `ring` when both ends have turned to it.
    pub fn kind(&self) -> &'static str {
        if self.writes_to_ring && self.reads_from_ring {
            "ring"
        } else {
            "socket"
        }
    }

    /// The peer is a worker of a pool.
    pub fn be_patient(&mut self) {
        self.attention.be_patient();
    }

    /// Where the peer was seen last, if it says so.
    pub fn peer_cpu(&self) -> Option<u32> {
        self.ring.as_ref().and_then(Ring::peer_cpu)
    }

    /// What is readable when the ring has something: then comes [`Transport::wake`].
    pub fn bell(&self) -> Option<BorrowedFd<'_>> {
        self.ring.as_ref().map(Ring::bell)
    }

    /// What to watch the socket for: input, room.
    pub fn interest(&self) -> (bool, bool) {
        // In a ring the end of a peer that will never make room is to be seen as well.
        let readable = self.is_reading || self.reads_from_ring && !self.queue.is_empty() && !self.has_more_carriers;
        (readable && !self.peer_is_gone, self.socket.queued() > 0 || self.queue.awaits_socket)
    }

    /// Bytes accepted that neither the kernel nor the ring has taken yet.
    pub fn queued(&self) -> usize {
        self.socket.queued() + self.queue.bytes()
    }

    /// The oldest descriptor that came with what was received, close-on-exec.
    pub fn take_handle(&mut self) -> Option<OwnedFd> {
        self.received.pop_front().or_else(|| self.socket.take_handle())
    }

    /// See [`Socket::lost_handles`].
    pub fn lost_handles(&mut self) -> bool {
        std::mem::take(&mut self.has_lost) || !self.reads_from_ring && self.socket.lost_handles()
    }

    /// As [`Socket::write_parts`].
    pub fn write_parts(&mut self, parts: &[&[u8]], handles: &[BorrowedFd<'_>]) -> Result<Sent> {
        if self.writes_to_ring {
            self.write_ring(parts, handles, true)
        } else {
            self.socket.write_parts(parts, handles)
        }
    }

    /// As [`Socket::write_quiet`].
    pub fn write_quiet(&mut self, parts: &[&[u8]], handles: &[BorrowedFd<'_>]) -> Result<()> {
        if self.writes_to_ring {
            self.write_ring(parts, handles, false).map(drop)
        } else {
            self.socket.write_quiet(parts, handles)
        }
    }

    fn write_ring(&mut self, parts: &[&[u8]], handles: &[BorrowedFd<'_>], is_counted: bool) -> Result<Sent> {
        self.check()?;
        let Some(ring) = self.ring.as_mut() else { return Err(Errno::PIPE) };
        let may_go = self.socket.queued() == 0;
        if self.queue.write(ring, &self.socket, may_go, parts, handles, is_counted)? == Sent::All {
            return Ok(Sent::All);
        }
        match self.rest() {
            Ok(()) => Ok(Sent::Queued),
            Err(errno) => {
                // It would never go out, and nobody would say so.
                self.queue.take_back();
                Err(errno)
            }
        }
    }

    /// Writes from the queue. Returns how many of the queued writes are now out.
    pub fn flush(&mut self) -> Result<u32> {
        let done = self.socket.flush()?;
        let Some(ring) = self.ring.as_mut() else { return Ok(done) };
        if self.queue.is_empty() || self.socket.queued() > 0 {
            return Ok(done);
        }
        if self.peer_is_gone {
            return Err(Errno::PIPE);
        }
        if let Some(errno) = self.broken {
            return Err(errno);
        }
        Ok(done + self.queue.flush(ring, &self.socket)?)
    }

    /// Gives up on everything queued. Returns how many writes that were.
    pub fn drop_queue(&mut self) -> u32 {
        if let Some(ring) = &self.ring {
            ring.want_room(false);
        }
        self.socket.drop_queue() + self.queue.clear()
    }

    /// Whether what comes in is asked for.
    pub fn listen(&mut self, reading: bool) {
        self.is_reading = reading;
        let result = self.rest();
        self.keep_error(result);
    }

    /// What the peer has done to the ring, so that nothing more can come out of it.
    pub fn error(&self) -> Option<Errno> {
        self.broken
    }

    pub fn is_reading(&self) -> bool {
        self.is_reading
    }

    /// At the beginning of a turn. The ring counts as awake until [`Transport::linger`] says to wait.
    pub fn wake(&mut self, has_rung: bool) {
        let result = match &mut self.ring {
            Some(ring) if has_rung => ring.wake(),
            Some(ring) => {
                ring.stay_awake();
                Ok(())
            }
            None => Ok(()),
        };
        self.keep_error(result);
    }

    /// The bell cannot be watched any more: it is none.
    pub fn bell_is_broken(&mut self) {
        self.broken.get_or_insert(Errno::PROTO);
    }

    /// The socket has input. Where the ring is read that is a carrier, or the end.
    pub fn look_at_socket(&mut self) {
        if self.reads_from_ring && !self.peer_is_gone {
            let result = self.take_carriers();
            self.keep_error(result);
        }
    }

    /// Reads once, with what descriptors belong to it. No bytes: the peer is gone.
    pub fn receive(&mut self, buffer: &mut [u8]) -> Result<usize> {
        if !self.reads_from_ring {
            return match self.socket.receive(buffer) {
                // The peer died with bytes of ours unread: for a reader that is the end.
                Err(Errno::CONNRESET) => Ok(0),
                result => result,
            };
        }
        if let Some(errno) = self.broken {
            return Err(errno);
        }
        let Some(ring) = self.ring.as_mut() else { return Ok(0) };
        let mut available = ring.available()?;
        if ring.has_carriers() || self.needs_carriers() {
            self.take_carriers()?;
        }
        let Some(ring) = self.ring.as_mut() else { return Ok(0) };
        if available == 0 && self.peer_is_gone {
            // Looked at again, now that nothing can follow.
            available = ring.available()?;
            if available == 0 {
                return Ok(0);
            }
        }
        if available == 0 {
            return Err(Errno::AGAIN);
        }
        // With the descriptors of one carrier at most, so that it is plain which bytes they belong to.
        let limit = self.carried.get(1).map_or(available, |next| available.min(ring.until(next.position)));
        if self.carried.front().is_some_and(|first| ring.until(first.position) < limit.min(buffer.len())) {
            if let Some(carried) = self.carried.pop_front() {
                self.unread -= carried.handles.len();
                self.received.extend(carried.handles);
                self.has_lost |= carried.is_lost;
            }
        }
        let read = ring.pull(buffer, limit, available)?;
        let now = Instant::now();
        self.attention.came(now);
        self.posting.looked_up(now);
        Ok(read)
    }

    fn check(&self) -> Result<()> {
        match self.broken {
            Some(errno) => Err(errno),
            None if self.peer_is_gone => Err(Errno::PIPE),
            None => Ok(()),
        }
    }

    fn keep_error(&mut self, result: Result<()>) {
        if let Err(errno) = result {
            self.broken.get_or_insert(errno);
        }
    }
}

impl AsFd for Transport {
    /// The socket.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}
