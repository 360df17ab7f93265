//! A slab of ours and its pieces. Nothing in here is ever taken from the peer.

use super::pages::{pages_of, NotSent, Pages, PAGE};
use super::{LARGEST_SLAB, MOST_SLABS};
use crate::ipc::platform::memory::{self, Memory};
use rustix::io::{Errno, Result};
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

const SMALLEST_SLAB: usize = 1 << 20;

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
    /// So many pages, from the first on, are in memory: touching them cannot fail any more.
    populated: u32,
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
        let populated = match memory.populate(0, PAGE) {
            Ok(()) => 1,
            // A kernel that does not know how to (before 5.14): all of it now, since untouched pages may turn out not to be there.
            Err(Errno::INVAL) => {
                memory::allocate(&file, size)?;
                count
            }
            Err(errno) => return Err(errno),
        };
        Ok(Arc::new(Slab { memory, state: Mutex::new(State { pages: Pages::new(count), populated, bond, fd: Some(file) }) }))
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
        if end > state.populated {
            let from = state.populated as usize * PAGE;
            if self.memory.populate(from, end as usize * PAGE - from).is_err() {
                state.pages.free(start);
                return None;
            }
            state.populated = end;
        }
        Some(Allocated { slab: self.clone(), start, length })
    }

    pub fn has_room(&self, length: usize) -> bool {
        self.state().pages.has_room(pages_of(length))
    }

    /// The peer says that it has no use for the piece any more.
    pub fn returned(&self, start: u32) -> std::result::Result<(), NotSent> {
        self.state().pages.returned(start)
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
        // SAFETY: a piece of that length, which is this end's alone. `bytes` may be of the same slab, but not of the same piece.
        unsafe { self.start().copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
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
