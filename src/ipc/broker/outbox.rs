//! What waits for one client: frames that others share, what it is bounded by, and how it goes out.

use super::chunk::Chunk;
use super::counters::{add, subtract, Counters};
use super::replies;
use super::settings::{Bounds, Overflow};
use crate::process::socket::SEND;
use rustix::io::{Errno, IoSlice, Result};
use rustix::net::{sendmsg, SendAncillaryBuffer};
use std::collections::VecDeque;
use std::mem;
use std::ops::Range;
use std::os::fd::OwnedFd;
use std::sync::Arc;

/// Pieces for one system call.
const PIECES: usize = 64;
/// System calls until others have their turn.
const CALLS: usize = 16;
/// Below that a chunk is kept for the sake of one frame in it.
const SMALL: usize = 1024;

#[derive(Debug)]
enum Entry {
    /// Neighbours in their chunk.
    Frames { chunk: Arc<Chunk>, range: Range<usize> },
    /// The end of a frame, behind a beginning of its own.
    Readdressed { beginning: Arc<[u8]>, chunk: Arc<Chunk>, from: usize },
    /// The broker's own word: not bounded here, and never dropped.
    Own(Vec<u8>),
}

impl Entry {
    /// The first frame alone.
    fn first_length(&self) -> usize {
        match self {
            Entry::Frames { chunk, range } => chunk.frames[range.start].len(),
            Entry::Readdressed { beginning, chunk, from } => beginning.len() + chunk.bytes.len() - from,
            Entry::Own(bytes) => bytes.len(),
        }
    }

    fn is_own(&self) -> bool {
        matches!(self, Entry::Own(_))
    }
}

#[derive(Debug)]
pub struct Outbox {
    bounds: Bounds,
    entries: VecDeque<Entry>,
    /// So much of the first entry's first frame is out: it can be neither dropped nor passed by.
    sent: usize,
    /// Messages that have not begun to go out, and their bytes.
    messages: usize,
    bytes: usize,
    /// Bytes of the broker's own.
    own: usize,
    /// So many entries from the first on hold no chunk for little.
    compact: usize,
    /// The kernel takes nothing until it says so.
    blocked: bool,
    dropped: u64,
    /// Of `dropped`, what the client has not been told.
    untold: u64,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    Queued,
    Dropped,
    /// The client asked to be disconnected rather than to miss something.
    TooSlow,
}

/// What the kernel did with what there was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flushed {
    All,
    /// It says when there is room.
    Blocked,
    /// Others are to have their turn.
    More,
    /// Out of memory for the moment, of which the kernel says nothing more.
    Starved,
}

impl Outbox {
    pub fn new(bounds: Bounds) -> Self {
        Outbox {
            bounds,
            entries: VecDeque::new(),
            sent: 0,
            messages: 0,
            bytes: 0,
            own: 0,
            compact: 0,
            blocked: false,
            dropped: 0,
            untold: 0,
        }
    }

    pub fn set_bounds(&mut self, bounds: Bounds) {
        self.bounds = bounds;
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub fn is_blocked(&self) -> bool {
        self.blocked
    }

    /// The kernel has said that there is room.
    pub fn unblock(&mut self) {
        self.blocked = false;
    }

    /// Of the broker's own word, which waits for a client that asks and does not read.
    pub fn own_bytes(&self) -> usize {
        self.own
    }

    pub fn has_room(&self, messages: usize, bytes: usize) -> bool {
        self.messages == 0 && messages == 1 || self.messages + messages <= self.bounds.messages && self.bytes + bytes <= self.bounds.bytes
    }

    pub fn put_own(&mut self, bytes: Vec<u8>) {
        self.own += bytes.len();
        self.entries.push_back(Entry::Own(bytes));
    }

    /// Neighbours, for which there is room.
    pub fn put_frames(&mut self, counters: &Counters, chunk: &Arc<Chunk>, frames: Range<usize>) {
        self.count(counters, frames.len(), chunk.span(frames.clone()).len());
        match self.entries.back_mut() {
            Some(Entry::Frames { chunk: last, range })
                if Arc::ptr_eq(last, chunk) && range.end == frames.start && chunk.are_neighbours(range.end - 1, frames.start) =>
            {
                range.end = frames.end;
            }
            _ => self.entries.push_back(Entry::Frames { chunk: chunk.clone(), range: frames }),
        }
    }

    /// As the bounds have it.
    pub fn offer_frame(&mut self, counters: &Counters, chunk: &Arc<Chunk>, frame: usize) -> Put {
        let put = self.make_room(counters, chunk.frames[frame].len());
        if put == Put::Queued {
            self.put_frames(counters, chunk, frame..frame + 1);
        }
        put
    }

    /// What stands in `chunk` behind `from`, behind a beginning of its own. The chunk has nothing else behind it.
    pub fn offer_readdressed(&mut self, counters: &Counters, beginning: &Arc<[u8]>, chunk: &Arc<Chunk>, from: usize) -> Put {
        let length = beginning.len() + chunk.bytes.len() - from;
        let put = self.make_room(counters, length);
        if put == Put::Queued {
            self.count(counters, 1, length);
            self.entries.push_back(Entry::Readdressed { beginning: beginning.clone(), chunk: chunk.clone(), from });
        }
        put
    }

    fn count(&mut self, counters: &Counters, messages: usize, bytes: usize) {
        self.messages += messages;
        self.bytes += bytes;
        add(&counters.queued, messages);
        add(&counters.queued_bytes, bytes);
    }

    fn uncount(&mut self, counters: &Counters, messages: usize, bytes: usize) {
        self.messages -= messages;
        self.bytes -= bytes;
        subtract(&counters.queued, messages);
        subtract(&counters.queued_bytes, bytes);
    }

    fn make_room(&mut self, counters: &Counters, bytes: usize) -> Put {
        while !self.has_room(1, bytes) {
            match self.bounds.overflow {
                Overflow::Disconnect => return Put::TooSlow,
                Overflow::DropNewest => {
                    self.note_dropped(counters, 1);
                    return Put::Dropped;
                }
                Overflow::DropOldest => self.drop_oldest(counters),
            }
        }
        Put::Queued
    }

    pub fn note_dropped(&mut self, counters: &Counters, messages: usize) {
        self.dropped += messages as u64;
        self.untold += messages as u64;
        add(&counters.dropped, messages);
    }

    /// There is a message that has not begun to go out.
    fn drop_oldest(&mut self, counters: &Counters) {
        self.split_begun();
        let begun = usize::from(self.sent > 0);
        let found = self.entries.iter().skip(begun).position(|entry| !entry.is_own());
        let Some(at) = found.map(|at| at + begun) else { return };
        let length = self.entries[at].first_length();
        let is_over = match &mut self.entries[at] {
            Entry::Frames { range, .. } => {
                range.start += 1;
                range.start == range.end
            }
            Entry::Readdressed { .. } | Entry::Own(_) => true,
        };
        if is_over {
            self.entries.remove(at);
            self.compact -= usize::from(at < self.compact);
        }
        self.uncount(counters, 1, length);
        self.note_dropped(counters, 1);
    }

    /// A frame that has begun to go out becomes an entry of its own.
    fn split_begun(&mut self) {
        if self.sent == 0 {
            return;
        }
        if let Some(Entry::Frames { chunk, range }) = self.entries.front_mut() {
            if range.len() > 1 {
                let first = Entry::Frames { chunk: chunk.clone(), range: range.start..range.start + 1 };
                range.start += 1;
                self.entries.push_front(first);
                self.compact += usize::from(self.compact > 0);
            }
        }
    }

    /// Nothing else goes out than what has begun, what the broker itself has said, and `last`.
    pub fn end_with(&mut self, counters: &Counters, last: Vec<u8>) {
        self.split_begun();
        let begun = if self.sent > 0 { self.entries.pop_front() } else { None };
        self.entries.retain(Entry::is_own);
        if let Some(begun) = begun {
            self.entries.push_front(begun);
        }
        self.compact = 0;
        let (messages, bytes) = (self.messages, self.bytes);
        self.uncount(counters, messages, bytes);
        self.put_own(last);
    }

    /// It is not waited for any more.
    pub fn abandon(&mut self, counters: &Counters) {
        self.entries.clear();
        let (messages, bytes) = (self.messages, self.bytes);
        self.uncount(counters, messages, bytes);
    }

    pub fn flush(&mut self, counters: &Counters, socket: &OwnedFd) -> Result<Flushed> {
        self.tell_dropped();
        for _ in 0..CALLS {
            if self.entries.is_empty() {
                return Ok(Flushed::All);
            }
            match self.send(socket) {
                Ok(sent) => self.advance(counters, sent),
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => {
                    self.blocked = true;
                    return Ok(Flushed::Blocked);
                }
                Err(Errno::NOBUFS | Errno::NOMEM) => {
                    self.blocked = true;
                    return Ok(Flushed::Starved);
                }
                Err(errno) => return Err(errno),
            }
        }
        Ok(if self.entries.is_empty() { Flushed::All } else { Flushed::More })
    }

    /// Before the next message that it gets.
    fn tell_dropped(&mut self) {
        if self.untold == 0 {
            return;
        }
        self.split_begun();
        let notice = replies::dropped(mem::take(&mut self.untold), self.dropped);
        self.own += notice.len();
        self.entries.insert(usize::from(self.sent > 0), Entry::Own(notice));
        self.compact += usize::from(self.compact > 0);
    }

    fn send(&self, socket: &OwnedFd) -> Result<usize> {
        let mut pieces = [IoSlice::new(&[]); PIECES];
        let mut filled = 0;
        let mut skip = self.sent;
        'full: for entry in &self.entries {
            let (first, second): (&[u8], &[u8]) = match entry {
                Entry::Frames { chunk, range } => (chunk.span(range.clone()), &[]),
                Entry::Readdressed { beginning, chunk, from } => (beginning, &chunk.bytes[*from..]),
                Entry::Own(bytes) => (bytes, &[]),
            };
            for part in [first, second] {
                let (_out, left) = part.split_at(skip.min(part.len()));
                skip -= part.len() - left.len();
                if left.is_empty() {
                    continue;
                }
                if filled == PIECES {
                    break 'full;
                }
                pieces[filled] = IoSlice::new(left);
                filled += 1;
            }
        }
        sendmsg(socket, &pieces[..filled], &mut SendAncillaryBuffer::default(), SEND)
    }

    /// So many bytes more are out.
    fn advance(&mut self, counters: &Counters, mut bytes: usize) {
        while bytes > 0 {
            let Some(entry) = self.entries.front() else { return };
            let (length, is_own) = (entry.first_length(), entry.is_own());
            if self.sent == 0 && !is_own {
                self.uncount(counters, 1, length);
            }
            let step = bytes.min(length - self.sent);
            bytes -= step;
            self.sent += step;
            if self.sent < length {
                return;
            }
            self.sent = 0;
            let is_over = match self.entries.front_mut() {
                Some(Entry::Frames { range, .. }) => {
                    range.start += 1;
                    range.start == range.end
                }
                _ => true,
            };
            if is_own {
                self.own -= length;
            } else {
                add(&counters.delivered, 1);
                add(&counters.bytes, length);
            }
            if is_over {
                self.entries.pop_front();
                self.compact = self.compact.saturating_sub(1);
            }
        }
    }

    /// What has to wait must not hold on to more than itself: frames of others may stand in the same chunks, and be many more.
    pub fn let_go(&mut self) {
        let from = self.compact.max(usize::from(self.sent > 0));
        let mut waiting: VecDeque<Entry> = self.entries.split_off(from.min(self.entries.len()));
        let mut run: Vec<(Arc<Chunk>, Range<usize>)> = Vec::new();
        while let Some(entry) = waiting.pop_front() {
            match entry {
                Entry::Frames { chunk, range } if chunk.bytes.len() > SMALL.max(2 * chunk.span(range.clone()).len()) => {
                    run.push((chunk, range))
                }
                entry => {
                    self.keep_copy(&mut run);
                    self.entries.push_back(entry);
                }
            }
        }
        self.keep_copy(&mut run);
        self.compact = self.entries.len();
    }

    fn keep_copy(&mut self, run: &mut Vec<(Arc<Chunk>, Range<usize>)>) {
        if !run.is_empty() {
            let chunk = Chunk::copy_of(run.iter().map(|(chunk, range)| (&**chunk, range.clone())));
            let range = 0..chunk.frames.len();
            self.entries.push_back(Entry::Frames { chunk, range });
            run.clear();
        }
    }
}
