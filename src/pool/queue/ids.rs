//! From numbers that somebody else has chosen to places.

use super::slab::NONE;

const SHIFT: u32 = 10;
const WIDTH: usize = 1 << SHIFT;
const MASK: u32 = WIDTH as u32 - 1;

/// Numbers below 2^30, of which those in use at the same time are mostly neighbours: they cost four bytes each, and nothing is ever moved.
#[derive(Debug, Default)]
pub struct Ids {
    /// By the upper, the middle and the lower ten bits.
    upper: Vec<Option<Box<Middle>>>,
    len: usize,
    /// The lower table that was the last to become empty. It stays until another does: one task at a time would make and drop it each time.
    empty: Option<u32>,
}

#[derive(Debug)]
struct Middle {
    tables: Box<[Option<Box<Lower>>]>,
    used: u32,
}

#[derive(Debug)]
struct Lower {
    places: [u32; WIDTH],
    used: u32,
}

impl Ids {
    pub const LIMIT: u32 = 1 << (3 * SHIFT);

    pub fn len(&self) -> usize {
        self.len
    }

    #[inline]
    pub fn get(&self, id: u32) -> Option<u32> {
        let middle = self.upper.get((id >> (2 * SHIFT)) as usize)?.as_ref()?;
        let lower = middle.tables[(id >> SHIFT & MASK) as usize].as_ref()?;
        Some(lower.places[(id & MASK) as usize]).filter(|place| *place != NONE)
    }

    /// `id` is below [`Ids::LIMIT`] and has no place.
    pub fn set(&mut self, id: u32, place: u32) {
        let upper = (id >> (2 * SHIFT)) as usize;
        if self.upper.len() <= upper {
            self.upper.resize_with(upper + 1, || None);
        }
        let middle = self.upper[upper].get_or_insert_with(|| {
            let tables = std::iter::repeat_with(|| None).take(WIDTH).collect();
            Box::new(Middle { tables, used: 0 })
        });
        let lower = &mut middle.tables[(id >> SHIFT & MASK) as usize];
        if lower.is_none() {
            middle.used += 1;
        }
        let lower = lower.get_or_insert_with(|| Box::new(Lower { places: [NONE; WIDTH], used: 0 }));
        lower.places[(id & MASK) as usize] = place;
        lower.used += 1;
        self.len += 1;
        if self.empty == Some(id >> SHIFT) {
            self.empty = None;
        }
    }

    pub fn remove(&mut self, id: u32) -> Option<u32> {
        let middle = self.upper.get_mut((id >> (2 * SHIFT)) as usize)?.as_mut()?;
        let lower = middle.tables[(id >> SHIFT & MASK) as usize].as_mut()?;
        let place = std::mem::replace(&mut lower.places[(id & MASK) as usize], NONE);
        if place == NONE {
            return None;
        }
        lower.used -= 1;
        self.len -= 1;
        if lower.used == 0 {
            if let Some(other) = self.empty.replace(id >> SHIFT) {
                self.drop_table(other);
            }
        }
        Some(place)
    }

    fn drop_table(&mut self, table: u32) {
        let upper = &mut self.upper[(table >> SHIFT) as usize];
        if let Some(middle) = upper {
            middle.tables[(table & MASK) as usize] = None;
            middle.used -= 1;
            if middle.used == 0 {
                *upper = None;
            }
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        let middles = self.upper.iter().enumerate().filter_map(|(at, middle)| Some((at, middle.as_ref()?)));
        let lowers = middles.flat_map(|(upper, middle)| {
            let tables = middle.tables.iter().enumerate();
            tables.filter_map(move |(at, lower)| Some((upper << SHIFT | at, lower.as_ref()?)))
        });
        lowers.flat_map(|(table, lower)| {
            let places = lower.places.iter().enumerate().filter(|(_, place)| **place != NONE);
            places.map(move |(at, place)| ((table << SHIFT | at) as u32, *place))
        })
    }
}
