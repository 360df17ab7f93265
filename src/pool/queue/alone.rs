//! The queue alone, for whoever starts things himself.

use super::ids::Ids;
use super::keys::{KeyId, Keys};
use super::lanes::{FrontId, Lanes, Side, Spot};
use super::slab::Slab;
use std::sync::Arc;
use std::time::{Duration, Instant};

#[derive(Debug, Default)]
struct Entry {
    id: u32,
    key: KeyId,
    node: u32,
}

/// Ids, by priority with ageing, with fair turns for keys, and first in first out within one.
#[derive(Debug)]
pub struct Queue {
    since: Instant,
    front: FrontId,
    lanes: Lanes,
    keys: Keys,
    entries: Slab<Entry>,
    ids: Ids,
}

impl Queue {
    /// `ageing`: waiting so long is worth one step of priority. None: it is worth nothing.
    pub fn new(ageing: Option<Duration>, now: Instant) -> Self {
        let mut lanes = Lanes::new(ageing.map(|step| step.as_nanos() as u64));
        Queue { since: now, front: lanes.add_front(), lanes, keys: Keys::default(), entries: Slab::default(), ids: Ids::default() }
    }

    pub fn len(&self) -> usize {
        self.ids.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// `id` is below 2^30. False: it waits here already, or is too large.
    pub fn push(&mut self, id: u32, priority: i32, key: Option<&Arc<str>>, now: Instant) -> bool {
        if id >= Ids::LIMIT || self.ids.get(id).is_some() {
            return false;
        }
        let key = key.map_or(0, |key| self.keys.enter(key));
        let entry = self.entries.add(Entry { id, key, node: 0 });
        let at = now.saturating_duration_since(self.since).as_nanos() as u64;
        self.entries[entry].node = self.lanes.push(Spot { front: self.front, priority, key, side: Side::Back }, entry, at);
        self.ids.set(id, entry);
        true
    }

    /// Whose turn it is; it waits no more.
    pub fn pop(&mut self) -> Option<u32> {
        let entry = self.lanes.pop(self.front)?;
        let Entry { id, key, .. } = self.entries.take(entry);
        self.keys.leave(key);
        self.ids.remove(id);
        Some(id)
    }

    /// Whether it was there.
    pub fn remove(&mut self, id: u32) -> bool {
        let Some(entry) = self.ids.remove(id) else { return false };
        let Entry { key, node, .. } = self.entries.take(entry);
        self.lanes.remove(node);
        self.keys.leave(key);
        true
    }
}
