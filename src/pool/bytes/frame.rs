//! What a worker is sent of a task: a line, or a line with bytes and descriptors.

use super::loan::Loan;
use super::memory::Memory;
use crate::ipc::slab::{Allocated, SHORTEST};
use crate::ipc::wire::Wire;
use crate::ipc::Sent;
use rustix::io::{Errno, Result};
use std::os::fd::{AsFd, OwnedFd};
use std::slice;
use std::sync::Arc;

/// Stays with its task until that has ended: it may have to go to another worker. Then its pieces are free, as far as no worker has them, and
/// its descriptors are closed.
#[derive(Debug)]
pub enum Frame {
    Line(Box<[u8]>),
    Parts(Box<Parts>),
}

/// A million may be waiting.
const _: () = assert!(size_of::<Frame>() == 16);

/// A frame with segments or descriptors.
#[derive(Debug)]
pub struct Parts {
    /// `Q7~@1=name`: what is before the marks of the segments.
    head: Box<str>,
    json: Box<str>,
    segments: Vec<Segment>,
    handles: Vec<OwnedFd>,
    sharing: Sharing,
}

/// What may become of bytes on their way to a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// The worker gets the piece itself, and may write to it. If it dies before it has begun, the next gets the same.
    Given,
    /// It gets a copy: another worker may need them as they were, also after this one has begun.
    Copied,
    /// They go inline: not through memory that other workers have mapped.
    Never,
}

#[derive(Debug)]
pub struct Segment {
    /// As in the mark: `b`, `l` or `u`.
    pub kind: u8,
    pub bytes: Bytes,
}

#[derive(Debug)]
pub enum Bytes {
    Heap(Box<[u8]>),
    Piece(Arc<Allocated>),
}

impl Bytes {
    /// A copy, in shared memory where that is worth it and there is room.
    pub fn copy(bytes: &[u8], memory: Option<&Memory>) -> Self {
        let memory = memory.filter(|_| bytes.len() >= SHORTEST);
        match memory.and_then(|memory| memory.allocate(bytes.len())) {
            Some(mut piece) => {
                piece.fill(bytes);
                Bytes::Piece(Arc::new(piece))
            }
            None => Bytes::Heap(bytes.into()),
        }
    }

    fn as_slice(&self) -> &[u8] {
        match self {
            Bytes::Heap(bytes) => bytes,
            // SAFETY: inside of a mapping that the piece keeps. A worker that has had it may go on writing to it against all rules: what is
            // read then is garbage that is only copied on.
            Bytes::Piece(piece) => unsafe { slice::from_raw_parts(piece.start(), piece.length()) },
        }
    }

    fn length(&self) -> usize {
        match self {
            Bytes::Heap(bytes) => bytes.len(),
            Bytes::Piece(piece) => piece.length(),
        }
    }
}

impl Segment {
    /// A copy. Strings are decoded at once and do not go through shared memory.
    pub fn copy(kind: u8, bytes: &[u8], memory: Option<&Memory>) -> Self {
        Segment { kind, bytes: Bytes::copy(bytes, memory.filter(|_| kind == b'b')) }
    }
}

impl Frame {
    pub fn line(line: impl Into<Box<[u8]>>) -> Self {
        Frame::Line(line.into())
    }

    /// `kind`: with its id, `Q7`. `name`: without a character that a header could not have.
    pub fn parts(
        kind: &str,
        tagged: bool,
        name: &str,
        json: &str,
        segments: Vec<Segment>,
        handles: Vec<OwnedFd>,
        sharing: Sharing,
    ) -> Self {
        let mut head = kind.to_owned();
        if tagged {
            head.push('~');
        }
        if !handles.is_empty() {
            head.push_str(&format!("@{}", handles.len()));
        }
        if !name.is_empty() {
            head.push('=');
            head.push_str(name);
        }
        if segments.is_empty() && handles.is_empty() {
            return Frame::line(format!("{head}:{json}\n").into_bytes());
        }
        Frame::Parts(Box::new(Parts { head: head.into(), json: json.into(), segments, handles, sharing }))
    }

    /// Bytes that it takes, wherever they are.
    pub fn size(&self) -> usize {
        match self {
            Frame::Line(line) => line.len(),
            Frame::Parts(parts) => parts.size(),
        }
    }

    /// Where it is nothing else: several can be written in one piece.
    pub fn as_line(&self) -> Option<&[u8]> {
        match self {
            Frame::Line(line) => Some(line),
            Frame::Parts(_) => None,
        }
    }

    /// Sends it to the worker at the other end, who has what `loan` says of the pool's memory. MSGSIZE: it is more than the worker takes.
    pub fn write(&self, wire: &mut Wire, loan: &Loan) -> Result<Sent> {
        match self {
            Frame::Line(line) => wire.write(line, &[], &[]),
            Frame::Parts(parts) => parts.write(wire, loan),
        }
    }
}

impl Parts {
    fn size(&self) -> usize {
        self.head.len() + self.json.len() + self.segments.iter().map(|segment| segment.bytes.length()).sum::<usize>()
    }

    fn write(&self, wire: &mut Wire, loan: &Loan) -> Result<Sent> {
        let mut text = String::with_capacity(self.head.len() + self.json.len() + 32 * self.segments.len() + 2);
        text.push_str(&self.head);
        let (mut inline, mut lent) = (Vec::new(), Vec::new());
        if self.sharing != Sharing::Never && self.segments.iter().any(Segment::is_large) {
            // Whoever was not told yet gets these bytes inline, and the next ones through memory.
            wire.announce_slabs();
        }
        for segment in &self.segments {
            match self.lend(segment, loan) {
                Some((piece, mark)) => {
                    text.push_str(&mark);
                    lent.push(piece);
                }
                None => {
                    text.push_str(&format!("+{}{}", segment.bytes.length(), char::from(segment.kind)));
                    inline.push(segment.bytes.as_slice());
                }
            }
        }
        text.push(':');
        text.push_str(&self.json);
        text.push('\n');
        let handles: Vec<_> = self.handles.iter().map(AsFd::as_fd).collect();
        let length = text.len() + inline.iter().map(|bytes| bytes.len()).sum::<usize>();
        let written = match wire.peer() {
            // It would hang up.
            Some(peer) if length > peer.max_frame => Err(Errno::MSGSIZE),
            _ => wire.write(text.as_bytes(), &inline, &handles),
        };
        if written.is_err() {
            lent.iter().for_each(|piece| loan.take_back(piece));
        }
        written
    }

    /// None: it goes inline.
    fn lend(&self, segment: &Segment, loan: &Loan) -> Option<(Arc<Allocated>, String)> {
        match (self.sharing, &segment.bytes) {
            (Sharing::Never, _) => None,
            (Sharing::Given, Bytes::Piece(piece)) => loan.give(piece).map(|mark| (piece.clone(), mark)),
            _ if segment.is_large() => loan.copy(segment.bytes.as_slice()),
            _ => None,
        }
    }
}

impl Segment {
    fn is_large(&self) -> bool {
        self.kind == b'b' && self.bytes.length() >= SHORTEST
    }
}
