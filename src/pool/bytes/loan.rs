//! What one worker has of the pool's memory.

use super::memory::Memory;
use crate::ipc::slab::{freed_pieces, Allocated, Announcement, Lender, NOT_OUT, PAGE};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// After a worker could not map a slab (it had no descriptor left), so many pieces go another way before it is asked again.
const PAUSE: u32 = 64;

/// How a worker stands to a slab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// It was not told of it.
    Unknown,
    /// It has not answered yet.
    Asked,
    Mapped,
    /// It could not map it: for so many more pieces it is not asked again.
    Refused(u32),
    /// There is more of it than the worker takes.
    TooLarge,
}

/// Clones speak of the same worker: one is its wire's, which hears what the worker says.
#[derive(Clone, Debug)]
pub struct Loan {
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    memory: Memory,
    /// Bytes that the worker maps at most; 0 until its hello.
    limit: usize,
    /// By number, less one.
    standings: Vec<Standing>,
    announced: usize,
    /// Pieces that it may give back, by slab and offset. A task that waits for its answer may have the piece as well.
    out: HashMap<(u32, u32), Arc<Allocated>>,
}

impl Loan {
    pub(super) fn new(memory: Memory) -> Self {
        Loan { state: Arc::new(Mutex::new(State { memory, limit: 0, standings: Vec::new(), announced: 0, out: HashMap::new() })) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The worker gets the piece. Returns the mark of the segment; None: it cannot see it, or has it already.
    pub fn give(&self, piece: &Arc<Allocated>) -> Option<String> {
        let mut state = self.state();
        let number = state.memory.number(&piece.slab())?;
        if !state.sees(number) {
            return None;
        }
        let place = (number, piece.offset() as u32);
        if state.out.contains_key(&place) {
            return None;
        }
        state.out.insert(place, piece.clone());
        Some(piece.mark(number))
    }

    /// The worker gets a copy. Returns the piece and the mark of the segment; None: there is no room that it can see.
    pub fn copy(&self, bytes: &[u8]) -> Option<(Arc<Allocated>, String)> {
        let memory = self.state().memory.clone();
        let mut piece = memory.allocate(bytes.len())?;
        let number = memory.number(&piece.slab())?;
        if !self.state().sees(number) {
            return None;
        }
        piece.fill(bytes);
        let piece = Arc::new(piece);
        let mark = self.give(&piece)?;
        Some((piece, mark))
    }

    /// It was not written: the worker does not have it.
    pub fn take_back(&self, piece: &Arc<Allocated>) {
        let mut state = self.state();
        if let Some(number) = state.memory.number(&piece.slab()) {
            state.out.remove(&(number, piece.offset() as u32));
        }
    }

    /// The worker is gone, and everything it had is free.
    pub fn end(&self) {
        let mut state = self.state();
        state.limit = 0;
        state.standings.clear();
        state.out.clear();
    }

    /// Pieces that the worker has.
    pub fn count(&self) -> usize {
        self.state().out.len()
    }
}

impl State {
    /// Whether the worker has mapped a slab; one that could not is asked again after a while.
    fn sees(&mut self, number: u32) -> bool {
        match self.standings.get_mut(number as usize - 1) {
            Some(Standing::Mapped) => true,
            Some(Standing::Refused(pause)) => {
                *pause = pause.saturating_sub(1);
                false
            }
            _ => false,
        }
    }

    fn announce(&mut self, number: u32) -> Option<Announcement> {
        // Out of descriptors: the next time.
        let (size, fd) = self.memory.share(number).ok()?;
        let standing = &mut self.standings[number as usize - 1];
        if size > self.limit.saturating_sub(self.announced) {
            *standing = Standing::TooLarge;
            return None;
        }
        *standing = Standing::Asked;
        self.announced += size;
        Some(Announcement::new(number, size, fd))
    }

    /// A slab that it was told of is none of its own.
    fn refuse(&mut self, number: u32) {
        self.standings[number as usize - 1] = Standing::Refused(PAUSE);
        self.announced -= self.memory.share(number).map_or(0, |(size, _)| size);
    }
}

impl Lender for Loan {
    fn open(&mut self, limit: usize) {
        self.state().limit = limit;
    }

    fn take_announcements(&mut self) -> Vec<Announcement> {
        let mut state = self.state();
        if state.limit == 0 {
            return Vec::new();
        }
        let slabs = state.memory.slabs();
        state.standings.resize(slabs, Standing::Unknown);
        let due = |standing: &Standing| matches!(standing, Standing::Unknown | Standing::Refused(0));
        let numbers: Vec<u32> = (1..=slabs as u32).filter(|number| due(&state.standings[*number as usize - 1])).collect();
        numbers.into_iter().filter_map(|number| state.announce(number)).collect()
    }

    fn withdraw(&mut self, id: u32) {
        self.state().refuse(id);
    }

    fn answered(&mut self, id: u32, mapped: bool) -> Result<(), &'static str> {
        let mut state = self.state();
        let standing = state.standings.get_mut(id as usize - 1);
        let Some(standing @ Standing::Asked) = standing else { return Err("an answer to an L frame that was not sent") };
        if mapped {
            *standing = Standing::Mapped;
        } else {
            state.refuse(id);
        }
        Ok(())
    }

    fn freed(&mut self, json: &[u8]) -> Result<(), &'static str> {
        let pieces = freed_pieces(json)?;
        let mut state = self.state();
        for (id, offset) in pieces {
            debug_assert!(offset.is_multiple_of(PAGE as u32) || !state.out.contains_key(&(id, offset)));
            state.out.remove(&(id, offset)).ok_or(NOT_OUT)?;
        }
        Ok(())
    }
}
