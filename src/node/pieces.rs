//! Pieces of slabs that JavaScript has as ArrayBuffers, by where they are.

use super::event_loop::EventLoop;
use super::external;
use super::watch::Shared;
use crate::ipc::slab::{Allocated, Loose, Received, WeakOutbound, DEFAULT_LIMIT};
use crate::ipc::wire::Wire;
use napi::{sys, Env};
use std::any::Any;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::{Rc, Weak};

/// From here on a frame of its own is little beside it.
const MUCH: usize = 1 << 20;

pub enum Piece {
    Received(Received, Giver),
    Allocated(Allocated),
}

/// Who a piece came from, and is told when it goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Giver {
    /// By its id.
    Wire(u32),
    /// By its pool's id, and its own.
    Worker(u32, u32),
}

impl Piece {
    fn place(&self) -> (*mut u8, usize) {
        match self {
            Piece::Received(piece, _) => (piece.start(), piece.length()),
            Piece::Allocated(piece) => (piece.start(), piece.length()),
        }
    }

    fn mapping(&self) -> Box<dyn Any> {
        match self {
            Piece::Received(piece, _) => Box::new(piece.memory()),
            Piece::Allocated(piece) => Box::new(piece.slab()),
        }
    }
}

struct Held {
    /// A piece that was released, and is used again at the same address, is another one.
    serial: u64,
    piece: Piece,
}

/// Those of one environment.
#[derive(Default)]
pub struct Pieces {
    held: HashMap<usize, Held>,
    serial: u64,
    loose: Loose,
    /// The channel that a piece was given to last: most likely it gets the next one as well.
    recent: Option<WeakOutbound>,
    /// Those that pieces were given back to, who are not told yet.
    due: Vec<Giver>,
    /// So many bytes were given back since.
    due_bytes: usize,
}

impl Pieces {
    /// For whatever channel it will be sent through.
    pub fn allocate(&mut self, length: usize) -> Option<Allocated> {
        let recent = self.recent.as_ref().and_then(|channel| channel.allocate(length));
        recent.or_else(|| self.loose.allocate(length, DEFAULT_LIMIT))
    }

    pub fn given_to(&mut self, channel: WeakOutbound) {
        self.recent = Some(channel);
    }

    fn keep(&mut self, piece: Piece) -> u64 {
        self.serial += 1;
        self.held.insert(piece.place().0 as usize, Held { serial: self.serial, piece });
        self.serial
    }

    /// The one that this ArrayBuffer is over.
    pub fn find(&self, env: Env, buffer: sys::napi_value) -> Option<&Piece> {
        let (start, length) = external::place_of(env, buffer)?;
        let piece = &self.held.get(&start)?.piece;
        (piece.place().1 == length).then_some(piece)
    }

    /// Takes it away from the ArrayBuffer.
    pub fn detach(&mut self, env: Env, buffer: sys::napi_value) -> Option<Piece> {
        self.find(env, buffer)?;
        let (start, _) = external::place_of(env, buffer)?;
        external::detach(env, buffer).then(|| self.held.remove(&start)).flatten().map(|held| held.piece)
    }

    /// Nobody has the ArrayBuffer any more.
    fn collected(&mut self, start: usize, serial: u64) -> Option<Piece> {
        (self.held.get(&start)?.serial == serial).then(|| self.held.remove(&start)).flatten().map(|held| held.piece)
    }

    pub fn take_due(&mut self) -> Vec<Giver> {
        self.due_bytes = 0;
        std::mem::take(&mut self.due)
    }

    /// Returns whether this is the first since they were told last.
    pub fn add_due(&mut self, giver: Giver) -> bool {
        if self.due.contains(&giver) {
            return false;
        }
        self.due.push(giver);
        self.due.len() == 1
    }
}

impl EventLoop {
    /// Nobody here has a use for it any more. Its owner is told at the end of the turn, of all at once.
    pub fn drop_piece(&mut self, piece: Piece) {
        let Piece::Received(piece, giver) = piece else { return };
        self.pieces.due_bytes += piece.length();
        drop(piece);
        if self.pieces.add_due(giver) {
            self.come_back_soon();
        }
    }

    /// A peer that waits for room should not wait for all of a long turn.
    pub fn tell_large_returns(&mut self) {
        if self.pieces.due_bytes >= MUCH {
            self.tell_returns();
        }
    }

    pub fn tell_returns(&mut self) {
        for giver in self.pieces.take_due() {
            match giver {
                Giver::Wire(id) => self.tell(id, Wire::give_back),
                Giver::Worker(pool, worker) => self.tell_worker(pool, worker),
            }
        }
    }

    /// The peer has asked whether all that it has sent is handed over: it is.
    pub fn answer_question(&mut self, id: u32) {
        self.tell(id, Wire::answer_question);
    }

    fn tell(&mut self, id: u32, say: impl FnOnce(&mut Wire)) {
        let Some(wire) = self.wire(id) else { return };
        let before = wire.interest();
        say(wire);
        if wire.interest() != before {
            // Out of watches: it goes out with the next write.
            let _later = self.rewatch_channel(id);
        }
    }
}

/// Lives as long as the memory of an ArrayBuffer.
struct Owner {
    events: Weak<RefCell<EventLoop>>,
    start: usize,
    serial: u64,
    /// Also where the piece is given back before the channel goes.
    _mapping: Box<dyn Any>,
}

impl Drop for Owner {
    fn drop(&mut self) {
        let Some(events) = self.events.upgrade() else { return };
        let piece = events.borrow_mut().pieces.collected(self.start, self.serial);
        if let Some(piece) = piece {
            events.borrow_mut().drop_piece(piece);
        }
    }
}

/// An ArrayBuffer over the piece. Where this runtime has no such things: for a received one its copy, for one of ours none.
pub fn hand_out(events: &Shared, env: Env, piece: Piece) -> Option<sys::napi_value> {
    let (start, length) = piece.place();
    let received = matches!(piece, Piece::Received(..));
    let mapping = piece.mapping();
    let serial = events.borrow_mut().pieces.keep(piece);
    let owner = Owner { events: Rc::downgrade(events), start: start as usize, serial, _mapping: mapping };
    // SAFETY: the owner keeps the mapping, and the piece is this end's; this is the thread of `env`.
    unsafe {
        match external::array_buffer(env, start, length, Box::new(owner)) {
            Ok(buffer) => Some(buffer),
            Err(Some(_owner)) if received => external::copied_array_buffer(env, start, length),
            Err(_) => None,
        }
    }
}
