//! Which pages of a slab are whose. Only the sender's: what a peer says is looked up here and never added.

use std::collections::{BTreeMap, HashMap};

pub const PAGE: usize = 4096;

/// Pages of a slab that are in use, from the first one on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Used {
    count: u32,
    /// The peer has it, and so may give it back.
    sent: bool,
}

/// First fit: low pages are used again and again, which are in memory and in both ends' page tables already.
#[derive(Debug)]
pub struct Pages {
    /// How many, by the first one. No two of them touch.
    free: BTreeMap<u32, u32>,
    used: HashMap<u32, Used>,
    used_count: u32,
}

/// The peer speaks of a piece that it does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotSent;

pub fn pages_of(bytes: usize) -> usize {
    bytes.div_ceil(PAGE)
}

impl Pages {
    pub fn new(count: u32) -> Self {
        Pages { free: BTreeMap::from([(0, count)]), used: HashMap::new(), used_count: 0 }
    }

    /// The first page of as many that lie one after the other.
    pub fn allocate(&mut self, count: u32) -> Option<u32> {
        let (start, length) = self.free.iter().map(|(start, length)| (*start, *length)).find(|(_, length)| *length >= count)?;
        self.free.remove(&start);
        if length > count {
            self.free.insert(start + count, length - count);
        }
        self.used.insert(start, Used { count, sent: false });
        self.used_count += count;
        Some(start)
    }

    pub fn has_room(&self, count: usize) -> bool {
        self.free.values().any(|length| *length as usize >= count)
    }

    /// The peer gets it.
    pub fn send(&mut self, start: u32) {
        if let Some(used) = self.used.get_mut(&start) {
            used.sent = true;
        }
    }

    /// The peer gives it back.
    pub fn returned(&mut self, start: u32) -> Result<(), NotSent> {
        match self.used.get(&start) {
            Some(Used { sent: true, .. }) => {
                self.free(start);
                Ok(())
            }
            _ => Err(NotSent),
        }
    }

    pub fn free(&mut self, start: u32) {
        let Some(Used { count, .. }) = self.used.remove(&start) else { return };
        self.used_count -= count;
        let (mut start, mut count) = (start, count);
        if let Some((&before, &length)) = self.free.range(..start).next_back() {
            if before + length == start {
                (start, count) = (before, length + count);
            }
        }
        if let Some(length) = self.free.remove(&(start + count)) {
            count += length;
        }
        self.free.insert(start, count);
    }

    /// Those in use.
    pub fn used(&self) -> u32 {
        self.used_count
    }

    /// Those that are not, by their first and the one behind their last.
    pub fn free_ranges(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        self.free.iter().map(|(start, count)| (*start, start + count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_that_fits_is_taken() {
        let mut pages = Pages::new(10);
        assert_eq!((pages.allocate(4), pages.allocate(4), pages.allocate(4)), (Some(0), Some(4), None));
        assert_eq!(pages.allocate(2), Some(8));
        pages.free(0);
        assert_eq!((pages.allocate(1), pages.allocate(3)), (Some(0), Some(1)));
    }

    #[test]
    fn neighbours_become_one_again_in_whatever_order_they_are_freed() {
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let mut pages = Pages::new(9);
            let starts = [(); 3].map(|()| pages.allocate(3).unwrap());
            for index in order {
                pages.free(starts[index]);
            }
            assert_eq!((pages.used(), pages.allocate(9)), (0, Some(0)), "{order:?}");
        }
    }

    #[test]
    fn only_what_was_sent_comes_back_and_only_once() {
        let mut pages = Pages::new(4);
        let start = pages.allocate(2).unwrap();
        assert_eq!(pages.returned(start), Err(NotSent));
        pages.send(start);
        assert_eq!((pages.returned(1), pages.returned(start), pages.returned(start)), (Err(NotSent), Ok(()), Err(NotSent)));
        assert_eq!(pages.used(), 0);
    }

    /// Against a plain map of pages, with numbers from a small generator of its own.
    #[test]
    fn no_page_is_ever_in_two_pieces() {
        const COUNT: u32 = 64;
        let mut pages = Pages::new(COUNT);
        let mut owner = [0u32; COUNT as usize];
        let (mut pieces, mut state) = (Vec::new(), 1u32);
        let mut random = |below: u32| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state % below
        };
        for serial in 1..20_000 {
            if random(2) == 0 {
                let count = 1 + random(9);
                let Some(start) = pages.allocate(count) else {
                    assert!(!owner.windows(count as usize).any(|window| window.iter().all(|owner| *owner == 0)));
                    continue;
                };
                for page in &mut owner[start as usize..][..count as usize] {
                    assert_eq!(std::mem::replace(page, serial), 0);
                }
                pieces.push((start, count));
            } else if !pieces.is_empty() {
                let (start, count) = pieces.swap_remove(random(pieces.len() as u32) as usize);
                owner[start as usize..][..count as usize].fill(0);
                pages.free(start);
            }
        }
    }
}
