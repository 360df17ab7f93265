//! What is talked with: channels and wires.

use super::rings::step_ring;
use super::slack::look_after;
use super::{Entry, EventLoop, Watched, READ};
use crate::ipc::transport::{Next, Transport};
use crate::ipc::wire::Wire;
use crate::ipc::Channel;
use crate::node::dispatch::Event;
use crate::node::handle::Seen;
use crate::node::pieces::Giver;
use rustix::io::Errno;
use std::mem;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::time::Instant;

/// What came of a look at one of them.
pub struct Talk {
    /// In order.
    pub events: Vec<Event>,
    /// There may be more: ask again once these are handed over.
    pub more: bool,
}

impl EventLoop {
    /// Keeps a channel under a new id. It is not read yet.
    pub fn insert_channel(&mut self, channel: Channel) -> Result<u32, Errno> {
        let id = self.next_id();
        let watch = self.watch.as_ref().ok_or(Errno::BADF)?;
        let handle = watch.channel(channel.transport.as_fd().as_raw_fd(), id)?;
        let bell = channel.transport.bell().map(|bell| watch.bell(bell.as_raw_fd(), id)).transpose()?;
        self.keep(id, Entry::Channel { handle, bell, channel: Box::new(channel) });
        Ok(id)
    }

    /// Likewise a wire.
    pub fn insert_wire(&mut self, wire: Wire) -> Result<u32, Errno> {
        let id = self.next_id();
        let watch = self.watch.as_ref().ok_or(Errno::BADF)?;
        let handle = watch.channel(wire.transport.as_fd().as_raw_fd(), id)?;
        self.keep(id, Entry::Wire { handle, bell: None, wire: Box::new(wire) });
        // Its hello may have had to wait.
        self.rewatch_channel(id).inspect_err(|_| self.remove(id))?;
        Ok(id)
    }

    /// A listening socket, which is watched until it is closed.
    pub fn insert_door(&mut self, socket: OwnedFd) -> Result<u32, Errno> {
        let id = self.next_id();
        let watch = self.watch.as_ref().ok_or(Errno::BADF)?;
        let handle = watch.channel(socket.as_raw_fd(), id)?;
        handle.watch_channel(true, false)?;
        self.keep(id, Entry::Door { handle, socket });
        Ok(id)
    }

    pub fn channel(&mut self, id: u32) -> Option<&mut Channel> {
        match &mut self.entries.get_mut(&id)?.entry {
            Entry::Channel { channel, .. } => Some(channel),
            _ => None,
        }
    }

    pub fn wire(&mut self, id: u32) -> Option<&mut Wire> {
        match &mut self.entries.get_mut(&id)?.entry {
            Entry::Wire { wire, .. } => Some(wire),
            _ => None,
        }
    }

    pub fn is_open(&self, id: u32) -> bool {
        self.entries.contains_key(&id)
    }

    /// After anything that changes what one of them waits for.
    pub fn rewatch_channel(&self, id: u32) -> Result<(), Errno> {
        let (handle, (readable, writable)) = match self.entries.get(&id).map(|watched| &watched.entry) {
            Some(Entry::Channel { handle, channel, .. }) => (handle, channel.transport.interest()),
            Some(Entry::Wire { handle, wire, .. }) => (handle, wire.interest()),
            _ => return Ok(()),
        };
        handle.watch_channel(readable, writable)
    }

    /// Those that have something now.
    pub fn ready_channels(&self) -> Vec<u32> {
        let (ids, mut fds): (Vec<u32>, Vec<libc::pollfd>) = self
            .entries
            .iter()
            .filter_map(|(id, watched)| {
                let fd = reading(&watched.entry)?.as_raw_fd();
                Some((*id, libc::pollfd { fd, events: libc::POLLIN, revents: 0 }))
            })
            .unzip();
        if ids.is_empty() {
            return ids;
        }
        // SAFETY: the array is ours. Where it fails nothing is ready, and libuv tells of what is.
        unsafe { libc::poll(fds.as_mut_ptr(), fds.len() as libc::nfds_t, 0) };
        let has_something =
            |(id, fd): &(u32, libc::pollfd)| fd.revents != 0 || self.entries.get(id).is_some_and(|watched| in_ring(&watched.entry));
        ids.into_iter().zip(fds).filter(has_something).map(|(id, _)| id).collect()
    }

    pub fn channel_ready(&mut self, id: u32, seen: Seen) -> Talk {
        let mut talk = Talk { events: Vec::new(), more: false };
        let Some(Watched { entry, .. }) = self.entries.get_mut(&id) else { return talk };
        if self.buffer.is_empty() {
            self.buffer.resize(READ, 0);
        }
        let (handle, before, after) = match entry {
            Entry::Channel { handle, bell, channel } => {
                let before = channel.transport.interest();
                let mut events = Vec::new();
                let from_ring = look(&mut channel.transport, seen);
                if seen.writable || from_ring {
                    channel.writable(&mut events);
                }
                if seen.readable || from_ring {
                    talk.more = channel.readable(&mut self.buffer, &mut events);
                }
                if channel.is_ring_declined() {
                    *bell = None;
                    channel.drop_ring();
                }
                let framing = channel.framing();
                talk.events.extend(events.into_iter().map(|event| Event::of_channel(event, framing)));
                (handle, before, channel.transport.interest())
            }
            Entry::Wire { handle, bell, wire } => {
                let before = wire.interest();
                let mut events = Vec::new();
                let from_ring = look(&mut wire.transport, seen);
                if seen.writable || from_ring {
                    wire.writable(&mut events);
                }
                if seen.readable || from_ring {
                    talk.more = wire.readable(&mut self.buffer, &mut events);
                }
                step_ring(self.watch.as_ref(), id, wire, bell);
                talk.events.extend(events.into_iter().map(Event::of_wire));
                look_after(self.watch.as_ref(), &mut self.looks_after, wire);
                (handle, before, wire.interest())
            }
            Entry::Door { .. } => {
                // Asked for as long as somebody waits at it. An error stops that; accepting then says which.
                talk.events.push(Event::Ready);
                return talk;
            }
            _ => return talk,
        };
        if after != before || seen.stopped && !seen.rung {
            // Nothing is asked for that was not watched before, which cannot fail.
            let _less = handle.watch_channel(after.0, after.1);
        }
        talk
    }

    /// After that was handed over, in a turn that has begun at `started`: whether to look again at once.
    pub fn linger(&mut self, id: u32, started: Instant) -> Next {
        match self.entries.get_mut(&id).map(|watched| &mut watched.entry) {
            Some(Entry::Channel { channel, .. }) => channel.transport.linger(started),
            Some(Entry::Wire { wire, .. }) => wire.transport.linger(started),
            _ => Next::Wait,
        }
    }

    /// What goes with an event that is about to be handed over. Returns whether anybody is still there for it.
    pub fn prepare(&mut self, id: u32, event: &mut Event) -> bool {
        let (handles, pieces) = match event {
            Event::Wire(batch) => (mem::take(&mut batch.handles), Vec::new()),
            Event::WireSegments(frame) => (mem::take(&mut frame.handles), mem::take(&mut frame.pieces)),
            _ => return self.is_open(id),
        };
        let Some(wire) = self.wire(id) else { return false };
        wire.offer_handles(handles);
        if !pieces.is_empty() {
            wire.offer_pieces(pieces);
            // What is not taken goes back.
            self.pieces.add_due(Giver::Wire(id));
        }
        true
    }

    /// What was to be handed over is longer than a string can be. Returns the status of its end.
    pub fn too_long(&mut self, id: u32) -> Errno {
        let Some(wire) = self.wire(id) else { return Errno::MSGSIZE };
        let errno = wire.too_long();
        // Nothing is asked for that was not watched before, but for the room to say why, without which it is not said.
        let _unsaid = self.rewatch_channel(id);
        errno
    }
}

/// At the beginning of a look: whether the ring may have something.
fn look(transport: &mut Transport, seen: Seen) -> bool {
    if transport.bell().is_none() {
        return false;
    }
    transport.wake(seen.rung);
    if seen.rung && seen.stopped {
        transport.bell_is_broken();
    }
    if seen.readable {
        transport.look_at_socket();
    }
    transport.is_in_ring()
}

/// Whether one has something that no descriptor tells of.
fn in_ring(entry: &Entry) -> bool {
    match entry {
        Entry::Channel { channel, .. } => channel.transport.is_readable(),
        Entry::Wire { wire, .. } => wire.transport.is_readable(),
        _ => false,
    }
}

/// The descriptor of one that is read.
fn reading(entry: &Entry) -> Option<BorrowedFd<'_>> {
    match entry {
        Entry::Channel { channel, .. } if channel.transport.is_reading() => Some(channel.transport.as_fd()),
        Entry::Wire { wire, .. } if wire.transport.is_reading() => Some(wire.transport.as_fd()),
        _ => None,
    }
}
