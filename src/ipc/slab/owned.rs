//! A slab of ours and its pieces. Nothing in here is ever taken from the peer.

use super::copying::{copy, Writes};
use super::pages::{pages_of, NotSent, Pages, PAGE};
use super::resident::Resident;
use super::{LARGEST_SLAB, MOST_SLABS};
use crate::ipc::platform::memory::{self, Memory};
use rustix::io::{Errno, Result};
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

const SMALLEST_SLAB: usize = 1 << 20;
/// Pages that are given back at a time: they take the better part of a millisecond, in which a thread of JavaScript's may be waiting.
const GIVEN_BACK: u32 = (4 << 20) / PAGE as u32;

/// What a peer knows a slab by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bond {
    /// Which [`super::Outbound`].
    pub owner: u64,
    /// 0: it was not announced yet.
    pub id: u32,
    /// The peer has said that it has mapped it.
    pub mapped: bool,
}

#[derive(Debug)]
pub struct Slab {
    memory: Memory,
    pub(super) state: Mutex<State>,
}

#[derive(Debug)]
pub(super) struct State {
    pages: Pages,
    resident: Resident,
    writes: Writes,
    /// The end of the highest piece since memory was last given back.
    peak: u32,
    /// This kernel puts memory behind pages when it is asked to, and so behind those that were given back.
    is_elastic: bool,
    /// None: what is in it may go to any channel.
    pub bond: Option<Bond>,
    /// Until it is announced.
    pub fd: Option<OwnedFd>,
}

impl Slab {
    pub fn new(size: usize, bond: Option<Bond>) -> Result<Arc<Slab>> {
        let file = memory::create(c"procs-slab", size)?;
        let memory = Memory::map(&file, size)?;
        let count = (size / PAGE) as u32;
        let mut resident = Resident::new(count);
        let is_elastic = match memory.populate(0, PAGE) {
            Ok(()) => true,
            // A kernel that does not know how to (before 5.14): all of it now, since untouched pages may turn out not to be there.
            Err(Errno::INVAL) => {
                memory::allocate(&file, size)?;
                false
            }
            Err(errno) => return Err(errno),
        };
        resident.add(0, if is_elastic { 1 } else { count });
        let state = State { pages: Pages::new(count), resident, writes: Writes::new(count), peak: 0, is_elastic, bond, fd: Some(file) };
        Ok(Arc::new(Slab { memory, state: Mutex::new(state) }))
    }

    pub fn size(&self) -> usize {
        self.memory.length()
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where it comes from, and until somebody has asked.
    pub fn take_file(&self) -> Option<OwnedFd> {
        self.state().fd.take()
    }

    /// Who its pieces go to. False: somebody else's they are.
    pub fn bind(&self, owner: u64) -> bool {
        self.state().bond.get_or_insert(Bond { owner, id: 0, mapped: false }).owner == owner
    }

    /// A place for so many bytes, if there is one, and memory behind it.
    pub fn allocate(self: &Arc<Self>, length: usize) -> Option<Allocated> {
        let count = u32::try_from(pages_of(length)).ok()?;
        let mut state = self.state();
        let start = state.pages.allocate(count)?;
        let end = start + count;
        if let Some(missing) = state.resident.first_missing(start, end) {
            let from = missing as usize * PAGE;
            if self.memory.populate(from, end as usize * PAGE - from).is_err() {
                state.pages.free(start);
                return None;
            }
            state.resident.add(missing, end);
        }
        state.peak = state.peak.max(end);
        Some(Allocated { slab: self.clone(), start, length })
    }

    /// Whether there is memory behind pages that nobody uses.
    pub fn has_slack(&self) -> bool {
        self.state().has_slack()
    }

    /// What was not used since the last time goes back to the machine. Pieces that somebody has stay as they are, wherever they lie. True: there is
    /// more of it, for a moment later.
    pub fn give_back(&self) -> bool {
        let mut state = self.state();
        let mut left = GIVEN_BACK;
        while let Some((start, end)) = state.slack_from(state.peak) {
            if left == 0 {
                return true;
            }
            let end = end.min(start + left);
            // Refused, it stays: it may be that somebody has locked it into memory.
            if self.memory.discard(start as usize * PAGE, (end - start) as usize * PAGE).is_err() {
                state.is_elastic = false;
                break;
            }
            state.resident.remove(start, end);
            left -= end - start;
        }
        state.peak = 0;
        false
    }

    pub fn has_room(&self, length: usize) -> bool {
        self.state().pages.has_room(pages_of(length))
    }

    /// The peer says that it has no use for the piece any more.
    pub fn returned(&self, start: u32) -> std::result::Result<(), NotSent> {
        self.state().pages.returned(start)
    }
}

impl State {
    /// Used pages are all in memory.
    fn has_slack(&self) -> bool {
        self.is_elastic && self.resident.count() > self.pages.used()
    }

    /// Free pages with memory behind them, one after the other, from this one on.
    fn slack_from(&self, first: u32) -> Option<(u32, u32)> {
        if !self.has_slack() {
            return None;
        }
        self.pages.free_ranges().filter(|(_, end)| *end > first).find_map(|(start, end)| self.resident.first_run(start.max(first), end))
    }
}

/// A piece that is ours: its page goes back to the slab when it is dropped, unless it is sent.
#[derive(Debug)]
pub struct Allocated {
    pub(super) slab: Arc<Slab>,
    start: u32,
    length: usize,
}

impl Allocated {
    pub fn start(&self) -> *mut u8 {
        // SAFETY: the piece is inside of the mapping.
        unsafe { self.slab.memory.start().as_ptr().add(self.offset()) }
    }

    pub fn length(&self) -> usize {
        self.length
    }

    pub fn offset(&self) -> usize {
        self.start as usize * PAGE
    }

    /// As a header says where it is.
    pub fn mark(&self, slab: u32) -> String {
        format!("+{}s{slab}.{}", self.length, self.offset())
    }

    /// All that is in it becomes these bytes.
    pub fn fill(&mut self, bytes: &[u8]) {
        assert_eq!(bytes.len(), self.length, "a piece is as long as what goes into it");
        let is_cold = self.slab.state().writes.begin(self.start, self.start + pages_of(self.length) as u32);
        // SAFETY: a piece of that length, which is this end's alone. `bytes` may be of the same slab, but not of the same piece.
        unsafe { copy(bytes.as_ptr(), self.start(), bytes.len(), is_cold) };
    }

    /// Keeps the mapping there.
    pub fn slab(&self) -> Arc<Slab> {
        self.slab.clone()
    }

    /// From now on it is the peer's to give back.
    pub(super) fn sent(self) {
        let this = std::mem::ManuallyDrop::new(self);
        this.slab.state().pages.send(this.start);
        // SAFETY: `this` is never touched again, and its drop, which would free the pages, never runs.
        drop(unsafe { std::ptr::read(&this.slab) });
    }
}

impl Drop for Allocated {
    fn drop(&mut self) {
        self.slab.state().pages.free(self.start);
    }
}

/// How large the next slab is to be: as large as all that are there, so that there are few of them.
pub fn next_size(length: usize, present: usize, limit: usize) -> Option<usize> {
    let needed = pages_of(length).checked_mul(PAGE)?;
    let room = limit.min(LARGEST_SLAB).min(limit.saturating_sub(present)) / PAGE * PAGE;
    (needed <= room).then(|| present.max(SMALLEST_SLAB).max(needed).min(room))
}

/// Slabs of this process that no channel has yet. They go when nobody has a piece of them.
#[derive(Debug, Default)]
pub struct Loose {
    slabs: Vec<Weak<Slab>>,
}

impl Loose {
    pub fn allocate(&mut self, length: usize, limit: usize) -> Option<Allocated> {
        self.slabs.retain(|slab| slab.upgrade().is_some_and(|slab| slab.state().bond.is_none()));
        let present: Vec<Arc<Slab>> = self.slabs.iter().filter_map(Weak::upgrade).collect();
        if let Some(piece) = present.iter().find_map(|slab| slab.allocate(length)) {
            return Some(piece);
        }
        if present.len() == MOST_SLABS {
            return None;
        }
        let size = next_size(length, present.iter().map(|slab| slab.size()).sum(), limit)?;
        // Without memory or descriptors it goes another way.
        let slab = Slab::new(size, None).ok()?;
        self.slabs.push(Arc::downgrade(&slab));
        slab.allocate(length)
    }
}
