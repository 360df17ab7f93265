//! The memory of a pool that its workers map: one and the same for all of them, under the same numbers.

use super::loan::Loan;
use crate::ipc::slab::{new_key, next_size, Allocated, Slab, MOST_SLABS};
use rustix::io::{fcntl_dupfd_cloexec, Errno};
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Of the first slab, where the bound is not below: few workers need to hear of a second one. It takes no memory until it is used.
const FIRST: usize = 64 << 20;

/// None of it exists until somebody asks for a piece.
#[derive(Clone, Debug)]
pub struct Memory {
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    key: u64,
    /// Bytes of all slabs.
    limit: usize,
    /// The number of a slab is one more than its index. They stay as long as the pool: a worker cannot be told to forget one.
    slabs: Vec<Shared>,
}

#[derive(Debug)]
struct Shared {
    slab: Arc<Slab>,
    /// For workers that come later.
    file: OwnedFd,
}

impl Memory {
    pub fn new(limit: usize) -> Self {
        Memory { state: Arc::new(Mutex::new(State { key: new_key(), limit, slabs: Vec::new() })) }
    }

    /// What one more worker has of it.
    pub fn loan(&self) -> Loan {
        Loan::new(self.clone())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place that can go to any worker. None: all is in use, or there is no memory.
    pub fn allocate(&self, length: usize) -> Option<Allocated> {
        let mut state = self.state();
        match state.slabs.iter().find_map(|shared| shared.slab.allocate(length)) {
            Some(piece) => Some(piece),
            None => state.grow(length)?.allocate(length),
        }
    }

    /// Nobody gets anything of it any more. What somebody has of it stays until they have not.
    pub fn close(&self) {
        let mut state = self.state();
        state.limit = 0;
        state.slabs.clear();
    }

    /// Whether pieces of this slab can go to workers: it is this memory's, or becomes so.
    pub fn adopt(&self, slab: &Arc<Slab>) -> bool {
        self.state().adopt(slab)
    }

    /// The number that workers know it by.
    pub fn number(&self, slab: &Arc<Slab>) -> Option<u32> {
        let index = self.state().slabs.iter().position(|shared| Arc::ptr_eq(&shared.slab, slab))?;
        Some(index as u32 + 1)
    }

    /// Whether there is memory that nobody uses.
    pub fn has_slack(&self) -> bool {
        self.state().slabs.iter().any(|shared| shared.slab.has_slack())
    }

    /// Memory that nobody has used since the last time goes back to the machine. True: there is more of it, for a moment later.
    pub fn give_back(&self) -> bool {
        // Not the next one's in the same moment.
        self.state().slabs.iter().any(|shared| shared.slab.give_back())
    }

    pub fn slabs(&self) -> usize {
        self.state().slabs.len()
    }

    /// Size and descriptor of a slab, for one more worker.
    pub fn share(&self, number: u32) -> Result<(usize, OwnedFd), Errno> {
        let state = self.state();
        let shared = number.checked_sub(1).and_then(|index| state.slabs.get(index as usize)).ok_or(Errno::NOENT)?;
        Ok((shared.slab.size(), fcntl_dupfd_cloexec(&shared.file, 3)?))
    }
}

impl State {
    fn total(&self) -> usize {
        self.slabs.iter().map(|shared| shared.slab.size()).sum()
    }

    fn grow(&mut self, length: usize) -> Option<Arc<Slab>> {
        if self.slabs.len() == MOST_SLABS {
            return None;
        }
        let present = self.total();
        let wanted = length.max(FIRST.min(self.limit.saturating_sub(present)));
        let size = next_size(wanted, present, self.limit)?;
        // Without memory or descriptors the bytes go another way.
        let slab = Slab::new(size, None).ok()?;
        self.add(slab)
    }

    fn adopt(&mut self, slab: &Arc<Slab>) -> bool {
        if self.slabs.iter().any(|shared| Arc::ptr_eq(&shared.slab, slab)) {
            return true;
        }
        let has_room = self.slabs.len() < MOST_SLABS && slab.size() <= self.limit.saturating_sub(self.total());
        has_room && self.add(slab.clone()).is_some()
    }

    fn add(&mut self, slab: Arc<Slab>) -> Option<Arc<Slab>> {
        if !slab.bind(self.key) {
            return None;
        }
        let file = slab.take_file()?;
        self.slabs.push(Shared { slab: slab.clone(), file });
        Some(slab)
    }
}
