//! Two streams of bytes in shared memory, one each way.
//!
//! Its own positions an end keeps to itself; what the peer says of its own is only ever believed as far as it is possible. So a peer can
//! give us nonsense to read, as it can on a socket, and nothing worse.

use super::super::platform::memory::{self, Memory};
use super::super::platform::{current_cpu, Bell};
use super::layout::{self, EndBlock, Layout};
use rustix::io::{Errno, Result};
use std::hint::spin_loop;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};
use std::sync::atomic::{fence, AtomicU32};

/// What both ends of a ring are made of: the memory, and what wakes end 0 and end 1.
#[derive(Debug)]
pub struct RingFds {
    pub memory: OwnedFd,
    pub bells: [OwnedFd; 2],
}

impl RingFds {
    /// A new ring, of so many bytes each way.
    pub fn create(capacity: u32) -> Result<Self> {
        let memory = memory::create(c"procs-ring", layout::length(capacity))?;
        let beginning = layout::beginning(capacity);
        if rustix::io::pwrite(&memory, &beginning, 0)? != beginning.len() {
            return Err(Errno::NOMEM);
        }
        Ok(RingFds { memory, bells: [Bell::create()?, Bell::create()?] })
    }

    /// For the other end.
    pub fn as_fds(&self) -> [BorrowedFd<'_>; 3] {
        [self.memory.as_fd(), self.bells[0].as_fd(), self.bells[1].as_fd()]
    }

    pub fn try_clone(&self) -> Result<Self> {
        let clone = |fd: &OwnedFd| rustix::io::fcntl_dupfd_cloexec(fd, 3);
        Ok(RingFds { memory: clone(&self.memory)?, bells: [clone(&self.bells[0])?, clone(&self.bells[1])?] })
    }
}

/// Bytes of a carrier.
pub const CARRIER: usize = 4;

/// To look at the peer's tail costs less than to look at the clock.
const LOOKS: u32 = 16;

/// One end of a ring.
#[derive(Debug)]
pub struct Ring {
    layout: Layout,
    end: usize,
    bell: Bell,
    peer_bell: Bell,
    /// What we have written, and how far we know the peer to have read.
    tail: u32,
    known_head: u32,
    /// What we have read.
    head: u32,
    carriers_sent: u32,
    carriers_seen: u32,
    cpu: u32,
}

impl Ring {
    /// The end of whoever made the ring is 0. Fails where the memory is not what it should be, whoever made it.
    pub fn open(fds: RingFds, end: usize) -> Result<Self> {
        let RingFds { memory, bells: [bell_0, bell_1] } = fds;
        let layout = Layout::new(Memory::map(&memory, layout::length(layout::capacity(memory::length(&memory)?)?))?)?;
        let (bell, peer_bell) = if end == 0 { (bell_0, bell_1) } else { (bell_1, bell_0) };
        let (bell, peer_bell) = (Bell::new(bell), Bell::new(peer_bell));
        let mut ring =
            Ring { layout, end, bell, peer_bell, tail: 0, known_head: 0, head: 0, carriers_sent: 0, carriers_seen: 0, cpu: u32::MAX };
        ring.publish_cpu();
        Ok(ring)
    }

    fn own(&self) -> &EndBlock {
        self.layout.end(self.end)
    }

    fn peer(&self) -> &EndBlock {
        self.layout.end(1 - self.end)
    }

    /// Of its memory.
    pub fn length(&self) -> usize {
        layout::length(self.layout.capacity())
    }

    pub fn capacity(&self) -> usize {
        self.layout.capacity() as usize
    }

    /// How far one position is ahead of another, if it can be.
    fn distance(&self, ahead: u32, behind: u32) -> Result<usize> {
        let distance = ahead.wrapping_sub(behind);
        if distance <= self.layout.capacity() {
            Ok(distance as usize)
        } else {
            Err(Errno::PROTO)
        }
    }

    /// How many bytes can be written now.
    pub fn room(&mut self) -> Result<usize> {
        self.known_head = self.peer().head.load(Acquire);
        Ok(self.capacity() - self.distance(self.tail, self.known_head)?)
    }

    /// How many bytes can be written, as far as is known; looked up where `wanted` is more than that.
    pub fn space(&mut self, wanted: usize) -> Result<usize> {
        let known = self.capacity() - self.distance(self.tail, self.known_head)?;
        if known < wanted {
            // The peer's line of the cache is only looked at when it has to be.
            return self.room();
        }
        Ok(known)
    }

    /// Writes as much as there is room for; the peer sees it when it is [published](Ring::publish).
    pub fn push(&mut self, bytes: &[u8]) -> Result<usize> {
        let length = self.space(bytes.len())?.min(bytes.len());
        self.layout.copy_in(self.end, self.tail, &bytes[..length]);
        self.tail = self.tail.wrapping_add(length as u32);
        Ok(length)
    }

    /// What the carrier of descriptors says that go with the next byte: where that is.
    pub fn carrier(&self) -> [u8; CARRIER] {
        self.tail.to_ne_bytes()
    }

    /// A carrier has been sent on the socket: the peer is to look there before it goes on to what is published next.
    pub fn carrier_sent(&mut self) {
        self.carriers_sent = self.carriers_sent.wrapping_add(1);
        self.own().carriers.store(self.carriers_sent, Relaxed);
    }

    /// Shows the peer all that was written, and wakes it if it sleeps.
    pub fn publish(&mut self) -> Result<()> {
        self.show();
        self.wake_peer()
    }

    /// Shows the peer all that was written. One that sleeps goes on sleeping: [`Ring::wake_peer`] is to follow.
    pub fn show(&mut self) {
        self.own().tail.store(self.tail, Release);
    }

    /// After something was shown that the peer may wait for.
    pub fn wake_peer(&self) -> Result<()> {
        // Either we see that it sleeps, or it sees what was published when it looks once more before it goes to sleep.
        fence(SeqCst);
        let sleeping = &self.peer().sleeping;
        if sleeping.load(Relaxed) != 0 && sleeping.swap(0, SeqCst) != 0 {
            self.peer_bell.ring()?;
        }
        Ok(())
    }

    /// Whether carriers may be sent: before the peer has turned to the ring it would take them for what is still to come on the socket.
    pub fn peer_reads(&self) -> bool {
        self.peer().reads.load(Acquire) != 0
    }

    /// All that the peer has sent on the socket before the ring has been read.
    pub fn read_from_here(&mut self) -> Result<()> {
        self.own().reads.store(1, SeqCst);
        self.wake_peer()
    }

    /// How far a carrier's byte is from what is read next.
    pub fn carried_at(&self, carrier: [u8; CARRIER]) -> Result<u32> {
        let position = u32::from_ne_bytes(carrier);
        self.distance(position, self.head)?;
        Ok(position)
    }

    /// How many bytes are to be read before this position.
    pub fn until(&self, position: u32) -> usize {
        position.wrapping_sub(self.head) as usize
    }

    /// How many bytes can be read now.
    pub fn available(&self) -> Result<usize> {
        self.distance(self.peer().tail.load(Acquire), self.head)
    }

    /// Whether the peer says that it has sent descriptors that were not looked for yet. Asked after [`Ring::available`].
    pub fn has_carriers(&mut self) -> bool {
        let sent = self.peer().carriers.load(Relaxed);
        std::mem::replace(&mut self.carriers_seen, sent) != sent
    }

    /// Reads of the bytes that are [`available`](Ring::available) `limit` at most, as far as they fit.
    pub fn pull(&mut self, buffer: &mut [u8], limit: usize, available: usize) -> Result<usize> {
        let length = available.min(limit).min(buffer.len());
        self.layout.copy_out(1 - self.end, self.head, &mut buffer[..length]);
        self.head = self.head.wrapping_add(length as u32);
        self.own().head.store(self.head, Release);
        fence(SeqCst);
        // Often enough that a writer does not run dry, and not for every byte.
        if self.peer().wants_room.load(Relaxed) != 0 && available - length <= self.capacity() / 2 {
            self.wake_peer()?;
        }
        Ok(length)
    }

    /// Whether there is more to write than there is room for.
    pub fn want_room(&self, wants: bool) {
        let flag = &self.own().wants_room;
        if flag.load(Relaxed) != u32::from(wants) {
            flag.store(wants.into(), SeqCst);
        }
    }

    /// Whether a writer that wants room is to go on.
    pub fn has_room_again(&mut self) -> Result<bool> {
        Ok(self.room()? >= self.capacity() / 2)
    }

    /// From here on the peer rings. Whoever calls this looks once more at all it waits for, and does not sleep if there is something.
    pub fn sleep(&self) {
        self.own().sleeping.store(1, SeqCst);
        fence(SeqCst);
    }

    pub fn stay_awake(&mut self) {
        set(&self.own().sleeping, 0);
        self.publish_cpu();
    }

    /// As [`Ring::stay_awake`], after the bell has rung.
    pub fn wake(&mut self) -> Result<()> {
        self.stay_awake();
        self.bell.clear()
    }

    /// Makes the own bell ring.
    pub fn come_back(&self) -> Result<()> {
        self.bell.ring()
    }

    /// Whether the peer is at work on another CPU, so that to wait for it here keeps it from nothing.
    pub fn peer_runs_elsewhere(&mut self) -> bool {
        self.publish_cpu();
        self.peer().sleeping.load(Relaxed) == 0 && self.peer_cpu().is_some_and(|cpu| cpu != self.cpu)
    }

    /// Where the peer was when it was awake last.
    pub fn peer_cpu(&self) -> Option<u32> {
        Some(self.peer().cpu.load(Relaxed)).filter(|cpu| *cpu != u32::MAX)
    }

    /// Looks for a microsecond or so whether something comes.
    pub fn look_on(&self) {
        let tail = &self.peer().tail;
        for _ in 0..LOOKS {
            if tail.load(Relaxed) != self.head {
                break;
            }
            spin_loop();
        }
    }

    fn publish_cpu(&mut self) {
        let cpu = current_cpu();
        if cpu != self.cpu {
            self.cpu = cpu;
            self.own().cpu.store(cpu, Relaxed);
        }
    }

    /// What to watch for [`Ring::wake`].
    pub fn bell(&self) -> BorrowedFd<'_> {
        self.bell.as_fd()
    }
}

/// Without taking the line of the cache from the peer where there is nothing to change.
fn set(flag: &AtomicU32, value: u32) {
    if flag.load(Relaxed) != value {
        flag.store(value, SeqCst);
    }
}
