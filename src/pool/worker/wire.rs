//! A worker's channel among the descriptors that a pool waits for.

use super::Reception;
use crate::ipc::interest::{Interest, Ready};
use crate::ipc::platform::Poll;
use crate::ipc::transport::{Ring, RingFds, CAPACITY};
use crate::ipc::wire::{Event, RingStep, Wire};
use crate::pool::task::WorkerId;
use crate::pool::watched::Subject;
use rustix::io::{Errno, Result};
use rustix::net::{shutdown, Shutdown};
use std::os::fd::{AsFd, OwnedFd};

/// So many reads of one worker at a time: others get their turn in between.
const READS: usize = 16;
/// Nor more than that once it has said so many frames, however short they are, or descriptors have come.
const FRAMES: usize = 1 << 14;

pub struct Line {
    pub wire: Wire,
    worker: WorkerId,
    /// What the socket is watched for.
    watched: (bool, bool),
    /// Its ring's is watched.
    has_bell: bool,
    /// Nothing more is written.
    is_finished: bool,
    /// It is not read: there is enough of it.
    is_held: bool,
}

impl Line {
    /// `fd` is the parent's end.
    pub fn open(fd: OwnedFd, reception: &Reception<'_>, worker: WorkerId) -> Result<Self> {
        let Reception { hello, max_frame, max_slab, poll } = *reception;
        let mut wire = Wire::new(fd, hello, max_frame)?;
        wire.allow_slabs(max_slab);
        wire.transport.be_patient();
        wire.read(true);
        let watched = wire.interest();
        poll.add(wire.transport.as_fd(), Subject::Socket(worker).token(), interest(watched))?;
        Ok(Line { wire, worker, watched, has_bell: false, is_finished: false, is_held: false })
    }

    /// Before it is dropped: see [`Poll::remove`].
    pub fn unwatch(&mut self, poll: &Poll) {
        // Watched since they were added, so this cannot fail.
        let _unwatched = poll.remove(self.wire.transport.as_fd());
        self.drop_bell(poll);
    }

    fn drop_bell(&mut self, poll: &Poll) {
        if let (true, Some(bell)) = (std::mem::take(&mut self.has_bell), self.wire.transport.bell()) {
            let _unwatched = poll.remove(bell);
        }
    }

    /// At the beginning of a turn: the worker need not ring.
    pub fn stay_awake(&mut self) {
        if self.has_bell {
            self.wire.transport.wake(false);
        }
    }

    /// The bell of its ring cannot be told of again unless it is silent first, where it is not watched for edges.
    pub fn rung(&mut self) {
        self.wire.transport.wake(!Interest::BELL.edge);
    }

    /// What it says waits in its socket or its ring, and then the worker does; or it is read again. [`Line::settle`] follows.
    pub fn hold(&mut self, holds: bool) {
        if holds != self.is_held {
            self.is_held = holds;
            self.wire.read(!holds);
        }
    }

    /// Whether there is something in its ring, which nobody may have told of.
    pub fn has_unread(&self) -> bool {
        self.wire.transport.is_readable()
    }

    /// Whether there is something to be done that nobody tells of.
    pub fn is_due(&mut self) -> bool {
        self.has_bell && (self.has_unread() || self.wire.transport.can_flush().unwrap_or(true))
    }

    /// Reads and writes what can be. Returns whether there may be more.
    pub fn look(&mut self, seen: Ready, buffer: &mut [u8], events: &mut Vec<Event>) -> bool {
        if seen.readable {
            self.wire.transport.look_at_socket();
        }
        let in_ring = self.wire.transport.is_in_ring();
        if seen.writable || in_ring {
            self.wire.writable(events);
        }
        let mut more = seen.readable || in_ring;
        let mut frames = 0;
        for _ in 0..READS {
            let before = events.len();
            more = more && frames < FRAMES && self.wire.readable(buffer, events);
            if !more {
                break;
            }
            frames += events[before..].iter().map(weight).sum::<usize>();
        }
        more
    }

    /// All that there is, of a worker that is gone. What it has started may still have its end of the channel, and write to it without an end: so
    /// no more than what is there now.
    pub fn drain(&mut self, buffer: &mut [u8], events: &mut Vec<Event>) {
        self.hold(false);
        let last = self.wire.moved_bytes().saturating_add(self.wire.transport.arrived());
        loop {
            let before = self.wire.moved_bytes();
            self.wire.transport.look_at_socket();
            let more = self.wire.readable(buffer, events);
            // A read that was not full may have stopped at descriptors, or where it turned to the ring.
            let is_empty = !more && self.wire.moved_bytes() == before && !self.has_unread();
            if is_empty || self.wire.moved_bytes() > last {
                break;
            }
        }
    }

    /// The worker is told that nothing more comes, when it has all that was written.
    pub fn finish(&mut self) {
        self.is_finished = true;
    }

    /// After anything was read or written.
    pub fn settle(&mut self, poll: &Poll) {
        self.step_ring(poll);
        if self.is_finished && self.wire.transport.queued() == 0 {
            self.is_finished = false;
            // One that is gone need not be told.
            let _told = shutdown(self.wire.transport.as_fd(), Shutdown::Write);
        }
        let now = self.wire.interest();
        if now != self.watched {
            // Registered since it was opened: it takes nothing that there might be too little of.
            let _changed = poll.change(self.wire.transport.as_fd(), Subject::Socket(self.worker).token(), interest(now));
            self.watched = now;
        }
    }

    /// As `event_loop/rings.rs` does it for JavaScript's own wires.
    fn step_ring(&mut self, poll: &Poll) {
        match self.wire.ring_step() {
            RingStep::None => {}
            RingStep::Offer => {
                let made = make_ring().and_then(|(fds, ring)| {
                    poll.add(ring.bell(), Subject::Bell(self.worker).token(), Interest::BELL)?;
                    Ok((fds, ring))
                });
                self.has_bell = made.is_ok();
                // Without descriptors or memory the socket goes on.
                self.wire.offer_ring(made.ok());
            }
            // This end has made the socket: the ring is its to offer.
            RingStep::Answer => self.wire.refuse_ring(),
            RingStep::Drop => {
                self.drop_bell(poll);
                self.wire.drop_ring();
            }
        }
    }
}

/// Frames, and what is as much.
fn weight(event: &Event) -> usize {
    match event {
        Event::Frames(batch) if batch.handles.is_empty() => batch.count() as usize,
        Event::WithSegments(frame) if frame.handles.is_empty() => 1,
        Event::Frames(_) | Event::WithSegments(_) => FRAMES,
        _ => 1,
    }
}

fn interest((read, write): (bool, bool)) -> Interest {
    Interest { read, write, edge: false }
}

fn make_ring() -> std::result::Result<(RingFds, Ring), Errno> {
    let fds = RingFds::create(CAPACITY)?;
    let ring = Ring::open(fds.try_clone()?, 0)?;
    Ok((fds, ring))
}
