//! With invented time, and beside a model that looks through everything.

use super::ids::Ids;
use super::keys::KeyId;
use super::*;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Good enough for tests, and the same each time (xorshift64*).
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % bound
    }
}

fn drain(queue: &mut Queue) -> Vec<u32> {
    std::iter::from_fn(|| queue.pop()).collect()
}

#[test]
fn first_in_first_out_without_priorities_and_keys() {
    let now = Instant::now();
    let mut queue = Queue::new(Some(Duration::from_secs(1)), now);
    (1..=5000).for_each(|id| assert!(queue.push(id, 0, None, now)));
    assert!(!queue.push(7, 0, None, now) && !queue.push(1 << 30, 0, None, now));
    assert!(queue.remove(3) && !queue.remove(3));
    assert_eq!(queue.len(), 4999);
    assert_eq!(drain(&mut queue), (1..=5000).filter(|id| *id != 3).collect::<Vec<_>>());
    assert!(queue.is_empty());
}

#[test]
fn a_higher_priority_goes_first_until_the_others_have_waited_long_enough() {
    let start = Instant::now();
    let after = |ms| start + Duration::from_millis(ms);
    let mut queue = Queue::new(Some(Duration::from_millis(100)), start);
    queue.push(1, 0, None, start);
    queue.push(2, 3, None, after(299));
    queue.push(3, 3, None, after(301));
    queue.push(4, -1, None, after(1));
    queue.push(5, i32::MAX, None, after(1000));
    queue.push(6, i32::MIN, None, start);
    assert_eq!(drain(&mut queue), [5, 2, 1, 3, 4, 6]);
    let mut strict = Queue::new(None, start);
    strict.push(1, 0, None, start);
    strict.push(2, 3, None, after(1_000_000));
    strict.push(3, 3, None, after(1_000_001));
    assert_eq!(drain(&mut strict), [2, 3, 1]);
}

#[test]
fn nothing_starves_under_a_flood_of_what_is_more_important() {
    let start = Instant::now();
    let mut queue = Queue::new(Some(Duration::from_millis(100)), start);
    queue.push(1, 0, None, start);
    let out = (2..100_000).find(|id| {
        // Two come for each one that goes.
        let now = start + Duration::from_millis(u64::from(*id));
        queue.push(2 * id, 10, None, now);
        queue.push(2 * id + 1, 10, None, now);
        queue.pop() == Some(1)
    });
    assert!(out.is_some_and(|id| (900..2200).contains(&id)), "{out:?}");
}

#[test]
fn keys_take_turns_and_what_has_no_key_is_one_of_them() {
    let now = Instant::now();
    let keys: Vec<Arc<str>> = ["a", "b"].map(Arc::from).into();
    let mut queue = Queue::new(Some(Duration::from_secs(1)), now);
    (1..=6).for_each(|id| assert!(queue.push(id, 0, Some(&keys[0]), now)));
    (11..=12).for_each(|id| assert!(queue.push(id, 0, Some(&keys[1]), now)));
    (21..=23).for_each(|id| assert!(queue.push(id, 0, None, now)));
    assert_eq!((0..5).map(|_| queue.pop().unwrap()).collect::<Vec<_>>(), [1, 11, 21, 2, 12]);
    // Who comes back has to wait for its turn.
    queue.push(13, 0, Some(&keys[1]), now);
    assert_eq!(drain(&mut queue), [22, 3, 13, 23, 4, 5, 6]);
}

#[test]
fn what_comes_back_is_first_in_its_lane_and_lanes_move_between_fronts_in_order() {
    let mut lanes = Lanes::new(Some(1000));
    let (one, two) = (lanes.add_front(), lanes.add_front());
    let spot = |front, priority, key, side| Spot { front, priority, key, side };
    for item in 0..4 {
        lanes.push(spot(one, 0, 1, Side::Back), item, 10 + u64::from(item));
        lanes.push(spot(one, 0, 2, Side::Back), 10 + item, 10 + u64::from(item));
        lanes.push(spot(one, 5, 1, Side::Back), 20 + item, 10 + u64::from(item));
    }
    lanes.push(spot(two, 0, 1, Side::Back), 30, 12);
    lanes.push(spot(one, 0, 1, Side::Front), 31, 1);
    lanes.move_key(1, one, two);
    assert_eq!((lanes.len(one), lanes.len(two)), (4, 10));
    assert_eq!(std::iter::from_fn(|| lanes.pop(one)).collect::<Vec<_>>(), [10, 11, 12, 13]);
    assert_eq!(lanes.oldest(two), Some(1));
    lanes.move_all(two, one);
    assert_eq!(std::iter::from_fn(|| lanes.pop(one)).collect::<Vec<_>>(), [20, 21, 22, 23, 31, 0, 1, 30, 2, 3]);
    lanes.remove_front(two);
}

#[test]
fn ids_are_found_and_what_is_empty_is_dropped() {
    let mut dice = Dice::new(5);
    let (mut ids, mut model) = (Ids::default(), HashMap::new());
    for round in 0..200_000u32 {
        let id = match dice.below(3) {
            0 => dice.below(1 << 30) as u32,
            1 => dice.below(5000) as u32,
            _ => round,
        };
        if dice.below(2) == 0 {
            if model.insert(id, round).is_some() {
                assert!(ids.remove(id).is_some());
            }
            ids.set(id, round);
        } else {
            assert_eq!(ids.remove(id), model.remove(&id));
        }
        assert_eq!(ids.get(round / 2), model.get(&(round / 2)).copied());
        assert_eq!(ids.len(), model.len());
    }
    let mut all: Vec<_> = ids.iter().collect();
    let mut known: Vec<_> = model.clone().into_iter().collect();
    all.sort_unstable();
    known.sort_unstable();
    assert_eq!(all, known);
    model.keys().for_each(|id| assert!(ids.remove(*id).is_some()));
    assert_eq!(ids.iter().count(), 0);
}

struct Waits {
    item: u32,
    front: FrontId,
    priority: i32,
    key: KeyId,
    at: u64,
    order: i64,
    node: u32,
}

/// Whatever is done to the lanes: what comes out is first in its lane, its level is the one whose oldest stands first, and the lanes of a level take turns.
#[test]
fn any_order_of_calls_agrees_with_a_model() {
    for seed in 1..=60 {
        let mut dice = Dice::new(seed);
        let ageing = [None, Some(50), Some(1000)][seed as usize % 3];
        let mut lanes = Lanes::new(ageing);
        let fronts = [lanes.add_front(), lanes.add_front()];
        let mut model: Vec<Waits> = Vec::new();
        // How often each lane was passed over since its last turn.
        let mut passed: HashMap<(FrontId, i32, KeyId), usize> = HashMap::new();
        let (mut now, mut first) = (0, 0);
        for item in 0..3000 {
            now += dice.below(20);
            match dice.below(10) {
                0..=4 => {
                    let spot = Spot {
                        front: fronts[dice.below(2) as usize],
                        priority: dice.below(4) as i32 - 1,
                        key: dice.below(4) as u32,
                        side: if dice.below(8) == 0 { Side::Front } else { Side::Back },
                    };
                    let node = lanes.push(spot, item, now);
                    first -= 1;
                    let order = if spot.side == Side::Front { first } else { i64::from(item) };
                    let Spot { front, priority, key, .. } = spot;
                    model.push(Waits { item, front, priority, key, at: now, order, node });
                }
                5..=8 => {
                    let front = fronts[dice.below(2) as usize];
                    let peeked = lanes.peek(front);
                    let popped = lanes.pop(front);
                    assert_eq!(popped, peeked.map(|(_, item, _)| item));
                    let here = || model.iter().filter(|waits| waits.front == front);
                    let Some(popped) = popped else {
                        assert_eq!(here().count(), 0);
                        continue;
                    };
                    let at = model.iter().position(|waits| waits.item == popped).unwrap();
                    let Waits { priority, key, order, .. } = model[at];
                    let lane = |waits: &&Waits| waits.priority == priority && waits.key == key;
                    assert!(here().filter(lane).all(|waits| waits.order >= order), "first in its lane");
                    // The age of a level is that of the oldest head of its lanes.
                    let rank = |level: i32| {
                        let heads = (0..4).filter_map(|key| {
                            let lane = here().filter(|waits| waits.priority == level && waits.key == key);
                            lane.min_by_key(|waits| waits.order).map(|waits| waits.at as i64)
                        });
                        let oldest = heads.min()?;
                        let level = i64::from(level);
                        Some(ageing.map_or((-level, oldest), |step| (oldest - level * step as i64, -level)))
                    };
                    assert_eq!((-1..3).filter_map(rank).min(), rank(priority), "the level that stands first");
                    passed.insert((front, priority, key), 0);
                    for other in (0..4).filter(|other| *other != key) {
                        let times = passed.entry((front, priority, other)).or_default();
                        let waits = here().any(|waits| waits.priority == priority && waits.key == other);
                        *times = if waits { *times + 1 } else { 0 };
                        // Three others, and those that come to the front.
                        assert!(*times <= 12, "turns");
                    }
                    model.swap_remove(at);
                }
                _ if !model.is_empty() => {
                    let gone = model.swap_remove(dice.below(model.len() as u64) as usize);
                    assert_eq!(lanes.remove(gone.node), gone.item);
                }
                _ => {}
            }
            for front in fronts {
                assert_eq!(lanes.len(front), model.iter().filter(|waits| waits.front == front).count());
            }
        }
    }
}
