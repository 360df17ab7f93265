//! One end as an event loop sees it: when the socket is ready, what came of it.

use super::batch::Batch;
use super::body::WithSegments;
use super::fault::Fault;
use super::hello::Hello;
use super::ring::{may_offer, Negotiation};
use super::room::Room;
use super::slabs::Slabs;
use super::splitter::{Arrival, Splitter};
use crate::ipc::transport::Transport;
use crate::ipc::Sent;
use rustix::io::{Errno, Result};
use std::collections::VecDeque;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

#[derive(Debug)]
pub enum Event {
    /// The peer's hello.
    Open(Vec<u8>),
    Frames(Batch),
    WithSegments(Box<WithSegments>),
    /// So many of the oldest queued writes are done, or all of them failed.
    Written(u32, Result<()>),
    /// The peer wants to know when all that came before is handed over: see [`Wire::answer_question`].
    Question,
    /// Nothing more can be read. EPROTO: see [`Wire::fault`].
    End(Result<()>),
}

pub struct Wire {
    pub transport: Transport,
    pub(super) ring: Negotiation,
    /// Whether a ring is for this end to offer.
    pub(super) may_offer: bool,
    /// How often something was written or read, and how much.
    pub(super) turns: u32,
    pub(super) moved: usize,
    splitter: Splitter,
    peer: Option<Hello>,
    /// Whether our last frame was a goodbye.
    parted: bool,
    /// What came with the frames that JavaScript has got last.
    handles: VecDeque<OwnedFd>,
    /// Bytes that travel through shared memory.
    pub(super) slabs: Slabs,
    pub(super) room: Room,
    fault: Option<Fault>,
}

impl Wire {
    /// Says hello. `max_frame`: bytes of the longest frame that is taken.
    pub fn new(fd: OwnedFd, hello: &str, max_frame: usize) -> Result<Self> {
        let mut transport = Transport::new(fd)?;
        match transport.write_quiet(&[b"H:", hello.as_bytes(), b"\n"], &[]) {
            // It may have said why before it has gone: reading will tell.
            Ok(()) | Err(Errno::PIPE | Errno::CONNRESET) => {}
            Err(errno) => return Err(errno),
        }
        Ok(Wire {
            may_offer: may_offer(transport.as_fd()),
            transport,
            ring: Negotiation::default(),
            turns: 0,
            moved: 0,
            splitter: Splitter::new(max_frame),
            peer: None,
            parted: false,
            handles: VecDeque::new(),
            slabs: Slabs::default(),
            room: Room::default(),
            fault: None,
        })
    }

    /// Why we hung up.
    pub fn fault(&self) -> Option<&Fault> {
        self.fault.as_ref()
    }

    /// What the peer has said of itself.
    pub fn peer(&self) -> Option<&Hello> {
        self.peer.as_ref()
    }

    /// Whether this end has said goodbye.
    pub fn has_parted(&self) -> bool {
        self.parted
    }

    pub fn read(&mut self, reading: bool) {
        self.transport.listen(reading && self.fault.is_none());
    }

    /// What to watch the socket for: input, room.
    pub fn interest(&self) -> (bool, bool) {
        self.transport.interest()
    }

    /// `text`: whole lines. `segments` follow the last of them, `handles` go with the first.
    pub fn write(&mut self, text: &[u8], segments: &[&[u8]], handles: &[BorrowedFd<'_>]) -> Result<Sent> {
        self.parted |= is_goodbye(text);
        self.moved(text.len() + segments.iter().map(|segment| segment.len()).sum::<usize>());
        let sent = if segments.is_empty() {
            self.transport.write_parts(&[text], handles)
        } else {
            let parts: Vec<&[u8]> = [text].into_iter().chain(segments.iter().copied()).collect();
            self.transport.write_parts(&parts, handles)
        };
        let waits = self.wait_for_write(sent? == Sent::Queued);
        Ok(if waits { Sent::Queued } else { Sent::All })
    }

    /// As [`Wire::write`] of lines none of which is a goodbye. The peer may be left asleep: see [`Transport::post`].
    pub fn post(&mut self, text: &[u8]) -> Result<Sent> {
        self.moved(text.len());
        let sent = self.transport.post(text)?;
        let waits = self.wait_for_write(sent == Sent::Queued);
        Ok(if waits { Sent::Queued } else { Sent::All })
    }

    /// The oldest descriptor that came with the frames handed over last, and that nobody has taken.
    pub fn take_handle(&mut self) -> Option<OwnedFd> {
        self.handles.pop_front()
    }

    /// The frames with these are about to be handed over. What is left of earlier ones is closed.
    pub fn offer_handles(&mut self, handles: Vec<OwnedFd>) {
        self.handles = handles.into();
    }

    /// The socket has room.
    pub fn writable(&mut self, events: &mut Vec<Event>) {
        match self.transport.flush() {
            Ok(writes) => {
                if writes > 0 {
                    self.written(writes, events);
                }
                self.pay();
            }
            Err(errno) => {
                let writes = self.give_up_writes();
                events.push(Event::Written(writes, Err(errno)));
            }
        }
    }

    /// Reads once. Returns whether there may be more.
    pub fn readable(&mut self, buffer: &mut [u8], events: &mut Vec<Event>) -> bool {
        if !self.transport.is_reading() {
            return false;
        }
        let mut arrivals = Vec::new();
        let result = self.receive(buffer, &mut arrivals);
        let result = self.take(arrivals, events).and(result);
        match result {
            Ok(more) => more,
            Err(end) => {
                self.transport.listen(false);
                events.push(Event::End(end.map_err(|fault| self.hang_up(fault))));
                false
            }
        }
    }

    fn receive(&mut self, buffer: &mut [u8], arrivals: &mut Vec<Arrival>) -> std::result::Result<bool, End> {
        let Wire { transport, splitter, .. } = self;
        let direct = splitter.space().map_err(Err)?;
        let is_direct = direct.is_some();
        let space = match direct {
            Some(space) => space,
            None => &mut *buffer,
        };
        let room = space.len();
        let read = match transport.receive(space) {
            Ok(0) => return Err(splitter.unfinished().map_or(Ok(()), |what| Err(cut_off(&what)))),
            Ok(read) => read,
            Err(Errno::AGAIN) => return Ok(false),
            Err(Errno::PROTO) => return Err(Err(Fault::protocol("the shared-memory ring says what cannot be"))),
            Err(errno) => return Err(Err(Fault::closed(format!("reading from the peer failed: {errno}")))),
        };
        let handles: VecDeque<OwnedFd> = std::iter::from_fn(|| transport.take_handle()).collect();
        let lost = transport.lost_handles();
        if lost || !handles.is_empty() {
            splitter.handles(read, handles, lost).map_err(Err)?;
        }
        if is_direct {
            splitter.filled(read, arrivals);
        } else {
            splitter.push(&buffer[..read], arrivals).map_err(Err)?;
        }
        self.moved(read);
        Ok(read == room)
    }

    fn take(&mut self, arrivals: Vec<Arrival>, events: &mut Vec<Event>) -> std::result::Result<(), End> {
        let mut arrivals = arrivals.into_iter();
        while let Some(arrival) = arrivals.next() {
            match arrival {
                Arrival::Hello { hello, json } => {
                    self.peer = Some(hello);
                    self.slabs_open();
                    events.push(Event::Open(json));
                }
                Arrival::Frames(batch) => events.push(Event::Frames(batch)),
                Arrival::WithSegments(mut frame) => {
                    self.receive_pieces(&mut frame).map_err(Err)?;
                    events.push(Event::WithSegments(frame));
                }
                Arrival::Native(frame) if frame.kind == b'L' && frame.id == 0 => events.push(Event::Question),
                Arrival::Native(frame) if frame.kind == b'F' => self.slab_answered(&frame, events).map_err(Err)?,
                Arrival::Native(frame) => {
                    let is_last = arrivals.len() == 0 && self.splitter.unfinished().is_none();
                    self.native(frame, is_last).map_err(Err)?;
                }
            }
        }
        Ok(())
    }

    /// The end of all that could be said here, as a process ends: what would be cut off otherwise is ended as it should.
    pub fn farewell(&mut self) {
        if !self.parted && self.transport.queued() == 0 {
            // Whoever is gone needs none.
            let _unheard = self.transport.write_quiet(&[b"X:\n"], &[]);
            self.parted = true;
        }
    }

    /// What it has sent is more than JavaScript can take as one string.
    pub fn too_long(&mut self) -> Errno {
        self.transport.listen(false);
        self.hang_up(Fault::too_large("a line that is longer than a string can be"))
    }

    /// Says why, if the peer still listens.
    fn hang_up(&mut self, fault: Fault) -> Errno {
        if !std::mem::replace(&mut self.parted, true) {
            // It may be that this fault is that it does not.
            let _unheard = self.transport.write_quiet(&[&fault.goodbye()], &[]);
        }
        self.fault = Some(fault);
        Errno::PROTO
    }
}

/// Whether the last of these lines is one.
fn is_goodbye(text: &[u8]) -> bool {
    let last = text.strip_suffix(b"\n").unwrap_or(text);
    let start = memchr::memrchr(b'\n', last).map_or(0, |end| end + 1);
    last.get(start) == Some(&b'X')
}

/// How reading ends: at the end, or with a fault.
type End = std::result::Result<(), Fault>;

fn cut_off(what: &str) -> Fault {
    Fault::closed(format!("the peer has gone in the middle of a frame: {what}"))
}
