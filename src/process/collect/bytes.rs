//! Bytes that are only ever appended to, from a few to gigabytes: never copied on the way and never cleared beforehand.

use super::super::platform::Region;
use rustix::io::{Errno, Result};
use rustix::time::{clock_gettime, ClockId};
use std::mem::{self, MaybeUninit};
use std::slice;
use std::time::Duration;

/// Up to here the allocator serves best.
pub const SMALL: usize = 64 * 1024;
/// Capacities behind it. Address space only: what is not written to takes no memory. One big step, since each may move the mapping.
const STEPS: [usize; 2] = [1 << 20, 64 << 20];

/// To give so much back takes the kernel about a millisecond.
const SLOW_TO_DROP: usize = 8 << 20;

/// See the module.
#[derive(Debug, Default)]
pub struct Bytes {
    /// All of them, or none where there is a region.
    small: Vec<u8>,
    region: Option<Region>,
    /// Of the region.
    used: usize,
}

impl Bytes {
    pub fn len(&self) -> usize {
        self.small.len() + self.used
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether they are so many that copying them is worth avoiding.
    pub fn is_large(&self) -> bool {
        self.region.is_some()
    }

    pub fn as_slice(&self) -> &[u8] {
        match &self.region {
            // SAFETY: so many bytes have been written.
            Some(region) => unsafe { slice::from_raw_parts(region.start(), self.used) },
            None => &self.small,
        }
    }

    pub fn as_mut_slice(&mut self) -> &mut [u8] {
        match &self.region {
            // SAFETY: as above, and nobody else has a pointer to them.
            Some(region) => unsafe { slice::from_raw_parts_mut(region.start(), self.used) },
            None => &mut self.small,
        }
    }

    pub fn extend(&mut self, more: &[u8]) -> Result<()> {
        if self.region.is_none() && self.small.len() + more.len() <= SMALL {
            self.small.try_reserve(more.len()).map_err(|_| Errno::NOMEM)?;
            self.small.extend_from_slice(more);
            return Ok(());
        }
        let spare = self.spare(more.len())?;
        // SAFETY: there is room for them.
        unsafe {
            spare.as_mut_ptr().cast::<u8>().copy_from_nonoverlapping(more.as_ptr(), more.len());
            self.advance(more.len());
        }
        Ok(())
    }

    /// Room for at least so many more.
    pub fn spare(&mut self, at_least: usize) -> Result<&mut [MaybeUninit<u8>]> {
        let needed = self.len().checked_add(at_least).ok_or(Errno::NOMEM)?;
        let capacity = self.region.as_ref().map_or(0, Region::capacity);
        if needed > capacity {
            self.grow(needed, capacity)?;
        }
        let Some(region) = &self.region else { return Err(Errno::NOMEM) };
        // SAFETY: behind what was written, up to the end of the mapping.
        Ok(unsafe { slice::from_raw_parts_mut(region.start().add(self.used).cast(), region.capacity() - self.used) })
    }

    fn grow(&mut self, needed: usize, capacity: usize) -> Result<()> {
        let step = STEPS.into_iter().find(|step| *step > capacity).unwrap_or(capacity.saturating_mul(2));
        let wanted = step.max(page_aligned(needed));
        let Some(region) = &mut self.region else {
            let region = Region::new(wanted).or_else(|_| Region::new(page_aligned(needed)))?;
            let small = mem::take(&mut self.small);
            // SAFETY: the region has room for them, since it has for `needed`.
            unsafe { region.start().copy_from_nonoverlapping(small.as_ptr(), small.len()) };
            self.used = small.len();
            self.region = Some(region);
            return Ok(());
        };
        // Where address space is limited there may be room for what is needed now, and no more.
        region.resize(wanted).or_else(|_| region.resize(page_aligned(needed)))
    }

    /// # Safety
    /// So many bytes have been written at the beginning of what [`Bytes::spare`] gave.
    pub unsafe fn advance(&mut self, written: usize) {
        self.used += written;
    }

    /// As `fill` does it, which only puts bytes into what [`Bytes::spare`] gives. Where that is slow, other pages are taken.
    pub fn watch_filling<T>(&mut self, fill: impl FnOnce(&mut Self) -> T) -> T {
        if !self.region.as_ref().is_some_and(Region::has_huge_pages) {
            return fill(self);
        }
        // Of the thread alone: others on its CPU must not make memory look slow.
        let begin = clock_gettime(ClockId::ThreadCPUTime);
        let result = fill(self);
        let time = Duration::try_from(clock_gettime(ClockId::ThreadCPUTime) - begin);
        if let (Some(region), Ok(time)) = (&mut self.region, time) {
            region.filled_within(time);
        }
        result
    }

    pub fn truncate(&mut self, length: usize) {
        if self.region.is_some() {
            self.used = self.used.min(length);
        } else {
            self.small.truncate(length);
        }
    }

    /// Drops them, on another thread where that takes a while.
    pub fn drop_apart(self) {
        if self.len() >= SLOW_TO_DROP {
            let thread = std::thread::Builder::new().name("procs-free".into()).stack_size(64 * 1024);
            // Without a thread they are dropped here, with the closure.
            let _out_of_threads = thread.spawn(move || drop(self));
        }
    }

    /// Gives back what is not used.
    pub fn shrink(&mut self) {
        if let Some(region) = &mut self.region {
            // Larger than needed is no harm.
            let _kept = region.resize(page_aligned(self.used.max(1)));
        }
    }
}

fn page_aligned(length: usize) -> usize {
    length.next_multiple_of(rustix::param::page_size())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_bytes_stay_in_order_across_every_growth() {
        let mut bytes = Bytes::default();
        let piece: Vec<u8> = (0..50_021u32).map(|n| (n % 251) as u8).collect();
        for _ in 0..100 {
            bytes.extend(&piece).unwrap();
        }
        assert_eq!(bytes.len(), piece.len() * 100);
        assert!(bytes.as_slice().chunks(piece.len()).all(|chunk| chunk == piece));
        bytes.truncate(70_000);
        bytes.shrink();
        bytes.extend(b"end").unwrap();
        assert_eq!((bytes.len(), &bytes.as_slice()[70_000..]), (70_003, &b"end"[..]));
        assert_eq!(bytes.as_slice()[..50_021], piece);
    }

    #[test]
    fn few_bytes_take_no_mapping() {
        let mut bytes = Bytes::default();
        bytes.extend(b"few").unwrap();
        assert!(!bytes.is_large());
        bytes.truncate(2);
        assert_eq!(bytes.as_slice(), b"fe");
    }
}
