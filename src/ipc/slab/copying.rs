//! Bytes on their way into a slab. Where the place is in no cache any more, an ordinary copy first reads from memory what it is about to
//! replace: stores that go around the caches do not, and take half the time.

use super::pages::PAGE;

/// Pages that are told apart together.
const BLOCK: u32 = (64 << 10) / PAGE as u32;
/// Blocks that were written since a place was: from here on it is taken to be out of the cache. Where it is still there, going around it is
/// what takes longer, for the reader.
const FORGOTTEN: u32 = (48 << 20) / (64 << 10);

/// When each part of a slab was written last, in blocks that were written before it.
#[derive(Debug)]
pub struct Writes {
    clock: u32,
    last: Vec<u32>,
}

impl Writes {
    /// Of so many pages. None was ever written: what the kernel has just filled with zeros is in the cache.
    pub fn new(pages: u32) -> Self {
        Writes { clock: 0, last: vec![0; pages.div_ceil(BLOCK) as usize] }
    }

    /// These pages are about to be written. Whether they are cold.
    pub fn begin(&mut self, start: u32, end: u32) -> bool {
        let blocks = &mut self.last[(start / BLOCK) as usize..end.div_ceil(BLOCK) as usize];
        let since = blocks.first().map_or(0, |last| self.clock.wrapping_sub(*last));
        self.clock = self.clock.wrapping_add((end - start).div_ceil(BLOCK));
        blocks.fill(self.clock);
        since >= FORGOTTEN
    }
}

/// As [`std::ptr::copy_nonoverlapping`].
///
/// # Safety
/// As for that.
pub unsafe fn copy(from: *const u8, to: *mut u8, length: usize, is_cold: bool) {
    // SAFETY: the caller's promise.
    unsafe {
        if is_cold {
            around_caches(from, to, length);
        } else {
            to.copy_from_nonoverlapping(from, length);
        }
    }
}

#[cfg(target_arch = "x86_64")]
unsafe fn around_caches(from: *const u8, to: *mut u8, length: usize) {
    use std::arch::x86_64::{__m128i, _mm_loadu_si128, _mm_sfence, _mm_stream_si128};
    const UNIT: usize = size_of::<__m128i>();
    /// A line of the cache: written as a whole it is not read before.
    const LINE: usize = 4 * UNIT;
    let head = to.align_offset(LINE).min(length);
    // SAFETY: all of it lies within the caller's `length`; `to` is aligned from `head` on; these instructions are part of every x86-64.
    unsafe {
        to.copy_from_nonoverlapping(from, head);
        let lines = (length - head) / LINE;
        for line in 0..lines {
            let at = head + line * LINE;
            let (source, target) = (from.add(at).cast::<__m128i>(), to.add(at).cast::<__m128i>());
            let units = [0, 1, 2, 3].map(|unit| _mm_loadu_si128(source.add(unit)));
            for (unit, bytes) in units.into_iter().enumerate() {
                _mm_stream_si128(target.add(unit), bytes);
            }
        }
        let done = head + lines * LINE;
        to.add(done).copy_from_nonoverlapping(from.add(done), length - done);
        // Such stores are in no order with others, and the peer is told of them right after this.
        _mm_sfence();
    }
}

/// Whose memcpy does so by itself for what is long, or has no such stores.
#[cfg(not(target_arch = "x86_64"))]
unsafe fn around_caches(from: *const u8, to: *mut u8, length: usize) {
    // SAFETY: the caller's promise.
    unsafe { to.copy_from_nonoverlapping(from, length) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn around_the_caches_the_same_bytes_arrive() {
        let source: Vec<u8> = (0..4096u32).map(|i| (i * 7 % 251) as u8).collect();
        for length in [0, 1, 15, 16, 63, 64, 65, 127, 128, 1000, 4000] {
            for (from, to) in [(0, 0), (1, 0), (0, 1), (3, 17), (63, 65)] {
                let mut target = vec![0xEE; 4300];
                // SAFETY: within both.
                unsafe { around_caches(source.as_ptr().add(from), target.as_mut_ptr().add(to), length) };
                assert_eq!(target[to..to + length], source[from..from + length], "{length} from {from} to {to}");
                assert!(target[..to].iter().chain(&target[to + length..]).all(|byte| *byte == 0xEE), "{length} from {from} to {to}");
            }
        }
    }

    #[test]
    fn a_place_is_cold_once_much_was_written_elsewhere() {
        let pages = 4 * FORGOTTEN * BLOCK;
        let mut writes = Writes::new(pages);
        assert!(!writes.begin(0, BLOCK), "fresh from the kernel");
        assert!(!writes.begin(0, BLOCK));
        assert!(!writes.begin(BLOCK, FORGOTTEN * BLOCK));
        assert!(!writes.begin(1, 2), "so much is still there");
        writes.begin(2 * FORGOTTEN * BLOCK, 3 * FORGOTTEN * BLOCK);
        assert!(writes.begin(BLOCK, 2 * BLOCK));
        assert!(!writes.begin(BLOCK, 2 * BLOCK), "it was written a moment ago");
    }
}
