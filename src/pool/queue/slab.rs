//! Places for many things of one kind, found again by a number.

use std::ops::{Index, IndexMut};

/// Stands for no place.
pub const NONE: u32 = u32::MAX;

const SHIFT: u32 = 10;
const CHUNK: usize = 1 << SHIFT;
/// So many chunks are kept when nothing is left.
const KEPT: usize = 4;

/// In chunks, so that growing never copies what is there: a million entries would stop everybody for a while.
#[derive(Debug)]
pub struct Slab<T> {
    chunks: Vec<Vec<T>>,
    free: Vec<u32>,
    used: u32,
}

impl<T> Default for Slab<T> {
    fn default() -> Self {
        Slab { chunks: Vec::new(), free: Vec::new(), used: 0 }
    }
}

impl<T: Default> Slab<T> {
    pub fn len(&self) -> usize {
        self.used as usize
    }

    /// All that are in use are below this one; the others below it are as `T::default()`.
    pub fn ends(&self) -> u32 {
        self.chunks.last().map_or(0, |last| ((self.chunks.len() - 1) * CHUNK + last.len()) as u32)
    }

    pub fn add(&mut self, value: T) -> u32 {
        self.used += 1;
        if let Some(at) = self.free.pop() {
            self[at] = value;
            return at;
        }
        if self.chunks.last().is_none_or(|chunk| chunk.len() == CHUNK) {
            self.chunks.push(Vec::with_capacity(CHUNK));
        }
        let at = (self.chunks.len() - 1) * CHUNK;
        let chunk = self.chunks.last_mut().expect("one was added");
        chunk.push(value);
        (at + chunk.len() - 1) as u32
    }

    pub fn take(&mut self, at: u32) -> T {
        let value = std::mem::take(&mut self[at]);
        self.used -= 1;
        self.free.push(at);
        if self.used == 0 && self.chunks.len() > KEPT {
            // What a burst has needed is given back.
            self.chunks.truncate(KEPT);
            self.free = (0..(KEPT * CHUNK) as u32).rev().collect();
        }
        value
    }
}

impl<T> Index<u32> for Slab<T> {
    type Output = T;

    #[inline]
    fn index(&self, at: u32) -> &T {
        &self.chunks[(at >> SHIFT) as usize][at as usize & (CHUNK - 1)]
    }
}

impl<T> IndexMut<u32> for Slab<T> {
    #[inline]
    fn index_mut(&mut self, at: u32) -> &mut T {
        &mut self.chunks[(at >> SHIFT) as usize][at as usize & (CHUNK - 1)]
    }
}
