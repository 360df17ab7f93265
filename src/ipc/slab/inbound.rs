//! What comes through shared memory of the peer's. Everything in here is checked: the peer may be hostile.

use super::pages::{pages_of, PAGE};
use super::{LARGEST_SLAB, MOST_SLABS};
use crate::ipc::platform::memory::Memory;
use rustix::io::Errno;
use std::collections::{BTreeMap, HashMap};
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// The slabs of one direction of one channel.
#[derive(Debug)]
pub struct Inbound {
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    /// Bytes of all slabs.
    limit: usize,
    slabs: HashMap<u32, Slab>,
    /// Slab and offset of what is to be given back.
    returns: Vec<(u32, usize)>,
}

#[derive(Debug)]
struct Slab {
    memory: Arc<Memory>,
    /// Pages that this end has, or has not said to be free: how many, by the first one. A peer that sent one twice could change what is in use
    /// here, and would be told twice that it is free; one that is not told because it does not read would be owed more and more.
    out: BTreeMap<usize, usize>,
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn refusal(id: u32, code: &str) -> Vec<u8> {
    format!("F{id}:{{\"code\":\"{code}\"}}\n").into_bytes()
}

impl Inbound {
    pub fn new(limit: usize) -> Self {
        Inbound { state: Arc::new(Mutex::new(State { limit, slabs: HashMap::new(), returns: Vec::new() })) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Bytes of all slabs.
    pub fn set_limit(&self, limit: usize) {
        self.state().limit = limit;
    }

    /// An L frame: `{"size":n}`, and the descriptor that came with it. `lost`: there was no room for it. Returns the F frame that answers.
    pub fn announce(&self, id: u32, json: &[u8], descriptors: Vec<OwnedFd>, lost: bool) -> Result<Vec<u8>, &'static str> {
        let told: serde_json::Value = serde_json::from_slice(json).map_err(|_| "L without JSON")?;
        let size = told.get("size").and_then(serde_json::Value::as_u64).and_then(|size| usize::try_from(size).ok());
        let size = size.filter(|size| *size > 0 && size.is_multiple_of(PAGE)).ok_or("L without a size in pages")?;
        let mut state = self.state();
        if id == 0 || state.slabs.contains_key(&id) {
            return Err("L with an id that is taken");
        }
        let present: usize = state.slabs.values().map(|slab| slab.memory.length()).sum();
        if size > LARGEST_SLAB || size > state.limit.saturating_sub(present) || state.slabs.len() == MOST_SLABS {
            return Err("L of more shared memory than this end takes");
        }
        if lost {
            return Ok(refusal(id, "EMFILE"));
        }
        let Ok([fd]) = <[OwnedFd; 1]>::try_from(descriptors) else { return Err("L without its descriptor") };
        // Its seals, its kind and its real size, before anything is touched: else the peer could pull it away from under this process.
        match Memory::map(&fd, size) {
            Ok(memory) => {
                state.slabs.insert(id, Slab { memory: Arc::new(memory), out: BTreeMap::new() });
                Ok(format!("F{id}:\n").into_bytes())
            }
            Err(Errno::PROTO) => Err("L of something that is no sealed memory of this size"),
            Err(_) => Ok(refusal(id, "ENOMEM")),
        }
    }

    /// A piece that a frame refers to.
    pub fn arrive(&self, id: u32, offset: u32, length: u32) -> Result<Received, &'static str> {
        let mut state = self.state();
        let slab = state.slabs.get_mut(&id).ok_or("a piece of a slab that is not here")?;
        let (offset, length) = (offset as usize, length as usize);
        if length == 0 || !offset.is_multiple_of(PAGE) || offset >= slab.memory.length() || length > slab.memory.length() - offset {
            return Err("a piece outside of its slab");
        }
        let (first, count) = (offset / PAGE, pages_of(length));
        let before = slab.out.range(..first + count).next_back();
        if before.is_some_and(|(start, pages)| start + pages > first) {
            return Err("a piece that this end has already");
        }
        slab.out.insert(first, count);
        Ok(Received { memory: slab.memory.clone(), inbound: Arc::downgrade(&self.state), slab: id, offset, length })
    }

    /// The F frame for all that was given back since the last one.
    pub fn take_returns(&self) -> Option<Vec<u8>> {
        let mut state = self.state();
        let returns = std::mem::take(&mut state.returns);
        if returns.is_empty() {
            return None;
        }
        for (slab, offset) in &returns {
            if let Some(slab) = state.slabs.get_mut(slab) {
                slab.out.remove(&(offset / PAGE));
            }
        }
        drop(state);
        let pieces: Vec<String> = returns.iter().map(|(slab, offset)| format!("[{slab},{offset}]")).collect();
        Some(format!("F:[{}]\n", pieces.join(",")).into_bytes())
    }

    pub fn has_returns(&self) -> bool {
        !self.state().returns.is_empty()
    }
}

/// A piece of a peer's slab, which is given back when it is dropped. Until then the mapping stays, also when the channel goes.
#[derive(Debug)]
pub struct Received {
    memory: Arc<Memory>,
    /// None left: the channel is gone, and with it who could be told.
    inbound: Weak<Mutex<State>>,
    slab: u32,
    offset: usize,
    length: usize,
}

impl Received {
    pub fn start(&self) -> *mut u8 {
        // SAFETY: `arrive` has seen that it is inside of the mapping.
        unsafe { self.memory.start().as_ptr().add(self.offset) }
    }

    pub fn length(&self) -> usize {
        self.length
    }

    /// As in the mark.
    pub fn place(&self) -> (u32, usize) {
        (self.slab, self.offset)
    }

    /// Keeps the mapping there.
    pub fn memory(&self) -> Arc<Memory> {
        self.memory.clone()
    }
}

impl Drop for Received {
    fn drop(&mut self) {
        let Some(inbound) = self.inbound.upgrade() else { return };
        lock(&inbound).returns.push((self.slab, self.offset));
    }
}
