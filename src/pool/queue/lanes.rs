//! Lanes, levels, and the fronts that tasks are taken from.

use super::heap::Heap;
use super::keys::KeyId;
use super::slab::{Slab, NONE};
use std::collections::{BTreeMap, HashMap};

/// A place where tasks are taken from: those for anybody, those for one worker.
pub type FrontId = u32;
/// The least is next. Comparable between all fronts.
pub type Rank = (i64, i64);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Back,
    /// For what has been out already.
    Front,
}

/// Where something is to wait.
#[derive(Clone, Copy, Debug)]
pub struct Spot {
    pub front: FrontId,
    pub priority: i32,
    pub key: KeyId,
    pub side: Side,
}

/// One that waits. Times are nanoseconds of the owner's clock.
#[derive(Debug, Default)]
struct Node {
    item: u32,
    before: u32,
    behind: u32,
    lane: u32,
    at: u64,
}

#[derive(Debug, Default)]
struct Lane {
    key: KeyId,
    level: u32,
    head: u32,
    tail: u32,
    /// Neighbours in the ring of those that take turns.
    before: u32,
    behind: u32,
    /// In the level's heap.
    place: u32,
}

#[derive(Debug, Default)]
struct Level {
    front: FrontId,
    priority: i32,
    /// The lane without a key, which most have and no other, or NONE.
    plain: u32,
    keyed: HashMap<KeyId, u32>,
    /// The lane that is next.
    turn: u32,
    /// Lanes, by their heads' time.
    oldest: Heap<u64>,
    /// In the front's heap.
    place: u32,
}

#[derive(Debug, Default)]
struct Front {
    levels: BTreeMap<i32, u32>,
    first: Heap<Rank>,
    len: usize,
}

#[derive(Debug, Default)]
pub struct Lanes {
    nodes: Slab<Node>,
    lanes: Slab<Lane>,
    levels: Slab<Level>,
    fronts: Slab<Front>,
    /// Nanoseconds that are worth one step of priority. None: nothing is.
    ageing: Option<u64>,
}

impl Lanes {
    pub fn new(ageing: Option<u64>) -> Self {
        Lanes { ageing, ..Lanes::default() }
    }

    /// What waits already is sorted anew.
    pub fn set_ageing(&mut self, ageing: Option<u64>) {
        if self.ageing == ageing {
            return;
        }
        self.ageing = ageing;
        // Fronts are few, and this is rare.
        let all: Vec<u32> = self.all_levels();
        all.into_iter().for_each(|level| self.rank_level(level));
    }

    fn all_levels(&self) -> Vec<u32> {
        // A front that was removed has none.
        (0..self.fronts.ends()).flat_map(|front| self.fronts[front].levels.values().copied()).collect()
    }

    pub fn add_front(&mut self) -> FrontId {
        self.fronts.add(Front::default())
    }

    /// It is empty.
    pub fn remove_front(&mut self, front: FrontId) {
        debug_assert_eq!(self.fronts[front].len, 0);
        self.fronts.take(front);
    }

    #[inline]
    pub fn len(&self, front: FrontId) -> usize {
        self.fronts[front].len
    }

    /// The time of the oldest, of the levels that are served first: there may be as many as there are priorities.
    pub fn oldest(&self, front: FrontId) -> Option<u64> {
        const LOOKED_AT: usize = 32;
        let levels = self.fronts[front].first.upper(LOOKED_AT).iter();
        levels.filter_map(|(_, level)| self.levels[*level].oldest.first()).map(|(at, _)| at).min()
    }

    /// `at`: when it was submitted. Returns what [`Lanes::remove`] wants to know.
    pub fn push(&mut self, spot: Spot, item: u32, at: u64) -> u32 {
        let level = self.level(spot.front, spot.priority);
        let node = self.nodes.add(Node { item, before: NONE, behind: NONE, lane: NONE, at });
        self.fronts[spot.front].len += 1;
        let Some(lane) = self.levels[level].lane(spot.key) else {
            let new = Lane { key: spot.key, level, head: node, tail: node, before: NONE, behind: NONE, place: NONE };
            let lane = self.lanes.add(new);
            self.nodes[node].lane = lane;
            self.join(lane, spot.side);
            return node;
        };
        self.nodes[node].lane = lane;
        let known = &mut self.lanes[lane];
        match spot.side {
            Side::Back => {
                let last = std::mem::replace(&mut known.tail, node);
                self.nodes[last].behind = node;
                self.nodes[node].before = last;
            }
            Side::Front => {
                let first = std::mem::replace(&mut known.head, node);
                self.nodes[first].before = node;
                self.nodes[node].behind = first;
                self.rank_lane(lane);
            }
        }
        node
    }

    /// The next one's rank, item and key.
    pub fn peek(&self, front: FrontId) -> Option<(Rank, u32, KeyId)> {
        let (rank, level) = self.fronts[front].first.first()?;
        let lane = &self.lanes[self.levels[level].turn];
        Some((rank, self.nodes[lane.head].item, lane.key))
    }

    pub fn pop(&mut self, front: FrontId) -> Option<u32> {
        let (_, level) = self.fronts[front].first.first()?;
        let lane = self.levels[level].turn;
        self.levels[level].turn = self.lanes[lane].behind;
        Some(self.remove(self.lanes[lane].head))
    }

    pub fn remove(&mut self, node: u32) -> u32 {
        let Node { item, before, behind, lane, .. } = self.nodes.take(node);
        let front = self.levels[self.lanes[lane].level].front;
        self.fronts[front].len -= 1;
        if before == NONE && behind == NONE {
            self.part(lane);
            self.lanes.take(lane);
            return item;
        }
        match behind {
            NONE => self.lanes[lane].tail = before,
            behind => self.nodes[behind].before = before,
        }
        match before {
            NONE => {
                self.lanes[lane].head = behind;
                self.rank_lane(lane);
            }
            before => self.nodes[before].behind = behind,
        }
        item
    }

    /// All that wait for `key`, or without one, at one front go on waiting at another.
    pub fn move_key(&mut self, key: KeyId, from: FrontId, to: FrontId) {
        let lanes: Vec<u32> = self.fronts[from].levels.values().filter_map(|level| self.levels[*level].lane(key)).collect();
        lanes.into_iter().for_each(|lane| self.move_lane(lane, to));
    }

    /// All that wait at one front go on waiting at another.
    pub fn move_all(&mut self, from: FrontId, to: FrontId) {
        while let Some((_, level)) = self.fronts[from].first.first() {
            self.move_lane(self.levels[level].turn, to);
        }
    }

    fn move_lane(&mut self, lane: u32, to: FrontId) {
        let Level { front, priority, .. } = self.levels[self.lanes[lane].level];
        let mut count = 0;
        let mut node = self.lanes[lane].head;
        while node != NONE {
            count += 1;
            node = self.nodes[node].behind;
        }
        self.part(lane);
        self.fronts[front].len -= count;
        self.fronts[to].len += count;
        let level = self.level(to, priority);
        match self.levels[level].lane(self.lanes[lane].key) {
            Some(other) => {
                let Lane { head, .. } = self.lanes.take(lane);
                self.merge(other, head);
            }
            None => {
                self.lanes[lane].level = level;
                self.join(lane, Side::Front);
            }
        }
    }

    /// Those from `other` on become part of `lane`, by their time.
    fn merge(&mut self, lane: u32, mut other: u32) {
        let mut own = self.lanes[lane].head;
        let mut last = NONE;
        while own != NONE || other != NONE {
            let is_other = own == NONE || other != NONE && self.nodes[other].at < self.nodes[own].at;
            let side = if is_other { &mut other } else { &mut own };
            let node = *side;
            *side = self.nodes[node].behind;
            self.nodes[node].lane = lane;
            self.nodes[node].before = last;
            self.nodes[node].behind = NONE;
            match last {
                NONE => self.lanes[lane].head = node,
                last => self.nodes[last].behind = node,
            }
            last = node;
        }
        self.lanes[lane].tail = last;
        self.rank_lane(lane);
    }

    fn level(&mut self, front: FrontId, priority: i32) -> u32 {
        if let Some(level) = self.fronts[front].levels.get(&priority) {
            return *level;
        }
        let level = self.levels.add(Level { front, priority, plain: NONE, turn: NONE, place: NONE, ..Level::default() });
        self.fronts[front].levels.insert(priority, level);
        level
    }

    /// A lane that has something takes part in the turns of its level. `side`: whether it is the last or the next.
    fn join(&mut self, lane: u32, side: Side) {
        let Lane { level: number, key, head, .. } = self.lanes[lane];
        let level = &mut self.levels[number];
        match key {
            0 => level.plain = lane,
            key => drop(level.keyed.insert(key, lane)),
        }
        let is_first = level.turn == NONE;
        match level.turn {
            NONE => {
                level.turn = lane;
                self.lanes[lane].before = lane;
                self.lanes[lane].behind = lane;
            }
            next => {
                let last = std::mem::replace(&mut self.lanes[next].before, lane);
                self.lanes[last].behind = lane;
                self.lanes[lane].before = last;
                self.lanes[lane].behind = next;
                if side == Side::Front {
                    level.turn = lane;
                }
            }
        }
        let lanes = &mut self.lanes;
        level.oldest.push(self.nodes[head].at, lane, &mut |lane, place| lanes[lane].place = place);
        let rank = level.rank(self.ageing);
        if is_first {
            let front = level.front;
            let levels = &mut self.levels;
            self.fronts[front].first.push(rank, number, &mut |level, place| levels[level].place = place);
        } else {
            self.rank_level(number);
        }
    }

    /// A lane takes part no more; its level goes with its last one.
    fn part(&mut self, lane: u32) {
        let Lane { level: number, key, before, behind, place, .. } = self.lanes[lane];
        let level = &mut self.levels[number];
        match key {
            0 => level.plain = NONE,
            key => drop(level.keyed.remove(&key)),
        }
        let lanes = &mut self.lanes;
        level.oldest.remove(place, &mut |lane, place| lanes[lane].place = place);
        if behind != lane {
            self.lanes[before].behind = behind;
            self.lanes[behind].before = before;
            if level.turn == lane {
                level.turn = behind;
            }
            self.rank_level(number);
            return;
        }
        let Level { front, priority, place, .. } = self.levels.take(number);
        let levels = &mut self.levels;
        self.fronts[front].first.remove(place, &mut |level, place| levels[level].place = place);
        self.fronts[front].levels.remove(&priority);
    }

    /// Its head is another one.
    fn rank_lane(&mut self, lane: u32) {
        let Lane { level, head, place, .. } = self.lanes[lane];
        let at = self.nodes[head].at;
        let lanes = &mut self.lanes;
        self.levels[level].oldest.update(place, at, &mut |lane, place| lanes[lane].place = place);
        self.rank_level(level);
    }

    fn rank_level(&mut self, number: u32) {
        let level = &self.levels[number];
        let (rank, front, place) = (level.rank(self.ageing), level.front, level.place);
        let levels = &mut self.levels;
        self.fronts[front].first.update(place, rank, &mut |level, place| levels[level].place = place);
    }
}

impl Level {
    #[inline]
    fn lane(&self, key: KeyId) -> Option<u32> {
        match key {
            0 => Some(self.plain).filter(|lane| *lane != NONE),
            key => self.keyed.get(&key).copied(),
        }
    }

    /// See the module's [explanation](super). It has a lane.
    fn rank(&self, ageing: Option<u64>) -> Rank {
        let oldest = self.oldest.first().map_or(0, |(at, _)| at as i64);
        let priority = i64::from(self.priority);
        match ageing {
            Some(step) => (oldest.saturating_sub(priority.saturating_mul(step as i64)), -priority),
            None => (-priority, oldest),
        }
    }
}
