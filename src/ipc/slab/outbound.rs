//! What we send through shared memory.

use super::owned::{next_size, Allocated, Bond, Slab};
use super::pages::PAGE;
use super::MOST_SLABS;
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// After a peer could not map a slab (it had no descriptor left), so many pieces go another way before it is asked again.
const PAUSE: u32 = 64;

/// The slabs of one direction of one channel.
#[derive(Debug)]
pub struct Outbound {
    state: Arc<Mutex<State>>,
}

/// An [`Outbound`] that may be gone.
#[derive(Clone, Debug)]
pub struct WeakOutbound(Weak<Mutex<State>>);

#[derive(Debug)]
struct State {
    /// Among all of this process.
    key: u64,
    /// Bytes of all slabs.
    limit: usize,
    slabs: Vec<Arc<Slab>>,
    last_id: u32,
    /// To be written before anything refers to them.
    announcements: Vec<Announcement>,
    pause: u32,
    /// Length of the longest piece since it was last asked for; 0 for none.
    sent: usize,
}

/// An L frame, and the descriptor that goes with it.
#[derive(Debug)]
pub struct Announcement {
    pub id: u32,
    pub frame: Vec<u8>,
    pub fd: OwnedFd,
}

impl Announcement {
    pub fn new(id: u32, size: usize, fd: OwnedFd) -> Self {
        Announcement { id, frame: format!("L{id}@1:{{\"size\":{size}}}\n").into_bytes(), fd }
    }
}

/// For whom nobody else has the same, among all that share memory of this process.
pub fn new_key() -> u64 {
    static KEYS: AtomicU64 = AtomicU64::new(1);
    KEYS.fetch_add(1, Ordering::Relaxed)
}

/// Until the peer says that it takes slabs there is no room.
impl Default for Outbound {
    fn default() -> Self {
        let state = State { key: new_key(), limit: 0, slabs: Vec::new(), last_id: 0, announcements: Vec::new(), pause: 0, sent: 0 };
        Outbound { state: Arc::new(Mutex::new(state)) }
    }
}

impl Outbound {
    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    pub fn downgrade(&self) -> WeakOutbound {
        WeakOutbound(Arc::downgrade(&self.state))
    }

    /// Bytes of all slabs.
    pub fn set_limit(&self, limit: usize) {
        self.state().limit = limit;
    }

    /// Copies bytes to where the peer sees them, and gives them to it. Returns the mark of the segment; None: there is no room until the
    /// peer gives something back, or says that it has mapped one more slab.
    pub fn place(&self, bytes: &[u8]) -> Option<String> {
        let mut state = self.state();
        let mapped = state.slabs.iter().filter(|slab| slab.state().bond.is_some_and(|bond| bond.mapped));
        let mut piece = match mapped.into_iter().find_map(|slab| slab.allocate(bytes.len())) {
            Some(piece) => piece,
            None => {
                state.prepare(bytes.len());
                return None;
            }
        };
        piece.fill(bytes);
        state.send(piece).ok()
    }

    /// A place that goes to this peer, to be filled by whoever asks.
    pub fn allocate(&self, length: usize) -> Option<Allocated> {
        self.state().allocate(length)
    }

    /// Whether a slab is this channel's, or becomes so: then its pieces can go to this peer.
    pub fn adopt(&self, slab: &Arc<Slab>) -> bool {
        self.state().adopt(slab)
    }

    pub fn has(&self, slab: &Arc<Slab>) -> bool {
        self.state().has(slab)
    }

    /// Gives it to the peer. Returns the mark, or the piece if it was not adopted.
    pub fn send(&self, piece: Allocated) -> Result<String, Allocated> {
        let mut state = self.state();
        if state.has(&piece.slab) {
            state.send(piece)
        } else {
            Err(piece)
        }
    }

    /// The length of the longest piece that was sent since this was last asked.
    pub fn take_sent(&self) -> Option<usize> {
        let sent = std::mem::take(&mut self.state().sent);
        (sent > 0).then_some(sent)
    }

    /// Whether so many bytes would find a place, or one more slab.
    pub fn has_room(&self, length: usize) -> bool {
        let state = self.state();
        let may_grow = state.slabs.len() < MOST_SLABS && next_size(length, state.total(), state.limit).is_some();
        may_grow || state.slabs.iter().any(|slab| slab.has_room(length))
    }

    /// Whether there is memory that nobody uses.
    pub fn has_slack(&self) -> bool {
        self.state().slabs.iter().any(|slab| slab.has_slack())
    }

    /// Memory that nobody has used since the last time goes back to the machine. True: there is more of it, for a moment later.
    pub fn give_back(&self) -> bool {
        // Not the next one's in the same moment.
        self.state().slabs.iter().any(|slab| slab.give_back())
    }

    pub fn take_announcements(&self) -> Vec<Announcement> {
        std::mem::take(&mut self.state().announcements)
    }

    /// It could not be announced.
    pub fn withdraw(&self, id: u32) {
        let mut state = self.state();
        state.slabs.retain(|slab| slab.state().bond.is_none_or(|bond| bond.id != id));
        state.pause = PAUSE;
    }

    /// `F<id>`: whether the peer has mapped a slab.
    pub fn answered(&self, id: u32, mapped: bool) -> Result<(), &'static str> {
        let mut state = self.state();
        let waits = |slab: &Arc<Slab>| slab.state().bond.is_some_and(|bond| bond.id == id && !bond.mapped);
        let index = state.slabs.iter().position(waits).ok_or("an answer to an L frame that was not sent")?;
        if mapped {
            if let Some(bond) = &mut state.slabs[index].state().bond {
                bond.mapped = true;
            }
        } else {
            state.slabs.remove(index);
            state.pause = PAUSE;
        }
        Ok(())
    }

    /// The JSON of an F frame without an id: `[[slab,offset],…]`.
    pub fn freed(&self, json: &[u8]) -> Result<(), &'static str> {
        let state = self.state();
        for (id, offset) in freed_pieces(json)? {
            let slab = state.slabs.iter().find(|slab| slab.state().bond.is_some_and(|bond| bond.id == id && id > 0));
            let page = offset.is_multiple_of(PAGE as u32).then_some(offset / PAGE as u32);
            let returned = slab.zip(page).is_some_and(|(slab, page)| slab.returned(page).is_ok());
            if !returned {
                return Err(NOT_OUT);
            }
        }
        Ok(())
    }
}

/// What is said of a peer that gives back what it does not have.
pub const NOT_OUT: &str = "F of a piece that this end does not have";

/// Slab and offset of what an F frame gives back.
pub fn freed_pieces(json: &[u8]) -> Result<Vec<(u32, u32)>, &'static str> {
    serde_json::from_slice(json).map_err(|_| "F without a list of pieces")
}

impl WeakOutbound {
    /// As [`Outbound::allocate`], while the channel is there.
    pub fn allocate(&self, length: usize) -> Option<Allocated> {
        lock(&*self.0.upgrade()?).allocate(length)
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    fn total(&self) -> usize {
        self.slabs.iter().map(|slab| slab.size()).sum()
    }

    fn allocate(&mut self, length: usize) -> Option<Allocated> {
        match self.slabs.iter().find_map(|slab| slab.allocate(length)) {
            Some(piece) => Some(piece),
            None => self.grow(length)?.allocate(length),
        }
    }

    /// One more slab, announced.
    fn grow(&mut self, length: usize) -> Option<Arc<Slab>> {
        if self.slabs.len() == MOST_SLABS {
            return None;
        }
        let size = next_size(length, self.total(), self.limit)?;
        // Without memory or descriptors it goes another way.
        let slab = Slab::new(size, Some(Bond { owner: self.key, id: 0, mapped: false })).ok()?;
        self.slabs.push(slab.clone());
        self.announce(&slab);
        Some(slab)
    }

    /// For the next one of this length, unless the peer has not answered yet for what it was sent.
    fn prepare(&mut self, length: usize) {
        if self.pause > 0 {
            self.pause -= 1;
        } else if self.slabs.iter().all(|slab| slab.state().bond.is_some_and(|bond| bond.mapped)) {
            // That there is no more is told by there being none.
            let _none = self.grow(length);
        }
    }

    fn has(&self, slab: &Arc<Slab>) -> bool {
        self.slabs.iter().any(|known| Arc::ptr_eq(known, slab))
    }

    /// Whether a slab is this channel's, or becomes so.
    fn adopt(&mut self, slab: &Arc<Slab>) -> bool {
        let bond = slab.state().bond;
        match bond {
            Some(bond) => bond.owner == self.key && self.has(slab),
            None if self.slabs.len() < MOST_SLABS && slab.size() <= self.limit.saturating_sub(self.total()) => {
                slab.state().bond = Some(Bond { owner: self.key, id: 0, mapped: false });
                self.slabs.push(slab.clone());
                self.announce(slab);
                true
            }
            None => false,
        }
    }

    fn announce(&mut self, slab: &Slab) {
        let mut state = slab.state();
        let Some(fd) = state.fd.take() else { return };
        self.last_id += 1;
        let id = self.last_id;
        state.bond = Some(Bond { owner: self.key, id, mapped: false });
        self.announcements.push(Announcement::new(id, slab.size(), fd));
    }

    fn send(&mut self, piece: Allocated) -> Result<String, Allocated> {
        let Some(bond) = piece.slab.state().bond else { return Err(piece) };
        self.sent = self.sent.max(piece.length());
        let mark = piece.mark(bond.id);
        piece.sent();
        Ok(mark)
    }
}
