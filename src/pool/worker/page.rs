//! A page of memory that a worker and this process see: what it has begun, and how it is, without a message and also after its death.

use crate::ipc::platform::memory::{self, Memory};
use rustix::io::Result;
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Places, see "Pool workers" in docs/protocol.md.
mod cell {
    pub const VERSION: usize = 0;
    pub const WORKER: usize = 1;
    pub const BEAT_EVERY: usize = 2;
    pub const STARTED: usize = 3;
    pub const BEATS: usize = 4;
    pub const FINISHED: usize = 5;
    pub const BUSY: usize = 6;
    pub const UTILIZATION: usize = 8;
    pub const HEAP_USED: usize = 9;
    pub const HEAP_LIMIT: usize = 10;
    pub const STATE: usize = 11;
    pub const HEAP_FULL: usize = 12;
}

const LENGTH: usize = 4096;
const VERSION: u32 = 1;

/// What a worker says of itself. It may say what it likes: nothing here is used without asking whether it can be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Tasks that it has begun, those included that were given up before.
    pub started: u32,
    /// Of its event loop.
    pub beats: u32,
    pub finished: u32,
    /// Microseconds in which it ran at least one task.
    pub busy: u64,
    /// Of its event loop, in the last period, in 1/10000.
    pub utilization: u32,
    /// Bytes.
    pub heap_used: u64,
    pub heap_limit: u64,
    pub state: u32,
    /// V8 had no room left in its heap.
    pub heap_full: bool,
}

#[derive(Debug)]
pub struct Page {
    memory: Memory,
}

impl Page {
    /// And the descriptor that the worker is to have.
    pub fn create(worker: u32, beat_every: Duration) -> Result<(Self, OwnedFd)> {
        let file = memory::create(c"procs-pool-page", LENGTH)?;
        let page = Page { memory: Memory::map(&file, LENGTH)? };
        page.cell(cell::VERSION).store(VERSION, Ordering::Relaxed);
        page.cell(cell::WORKER).store(worker, Ordering::Relaxed);
        page.cell(cell::BEAT_EVERY).store(beat_every.as_millis() as u32, Ordering::Release);
        Ok((page, file))
    }

    fn cell(&self, index: usize) -> &AtomicU32 {
        assert!(index < LENGTH / 4);
        // SAFETY: within the mapping, which begins at a page; atomic, so anybody may write to it.
        unsafe { &*self.memory.start().as_ptr().cast::<AtomicU32>().add(index) }
    }

    /// Where a worker is dead this is how far it got.
    pub fn started(&self) -> u32 {
        self.cell(cell::STARTED).load(Ordering::SeqCst)
    }

    /// Takes back what it has not begun of the tasks that were written to it, which are so many: it will not begin them. How many it has.
    pub fn recall(&self, written: u32) -> u32 {
        // It counts from there on, when it comes to them. Both change it in one step, so each task is one's or the other's.
        self.cell(cell::STARTED).swap(written, Ordering::SeqCst)
    }

    /// How many tasks it has run, and the microseconds that took.
    pub fn work(&self) -> (u32, u64) {
        (self.cell(cell::FINISHED).load(Ordering::Acquire), self.busy())
    }

    pub fn read(&self) -> Reading {
        let get = |index| self.cell(index).load(Ordering::Acquire);
        Reading {
            started: self.started(),
            beats: get(cell::BEATS),
            finished: get(cell::FINISHED),
            busy: self.busy(),
            utilization: get(cell::UTILIZATION).min(10_000),
            heap_used: u64::from(get(cell::HEAP_USED)) << 10,
            heap_limit: u64::from(get(cell::HEAP_LIMIT)) << 10,
            state: get(cell::STATE),
            heap_full: get(cell::HEAP_FULL) != 0,
        }
    }

    /// In two halves: as long as the upper one stays the same they belong together.
    fn busy(&self) -> u64 {
        let half = |index| u64::from(self.cell(index).load(Ordering::Acquire));
        let upper = half(cell::BUSY + 1);
        let lower = half(cell::BUSY);
        if half(cell::BUSY + 1) == upper {
            upper << 32 | lower
        } else {
            (upper + 1) << 32
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn what_a_worker_writes_is_read_here() {
        let (page, file) = Page::create(7, Duration::from_millis(250)).unwrap();
        let theirs = Page { memory: Memory::map(&file, LENGTH).unwrap() };
        assert_eq!(theirs.cell(cell::WORKER).load(Ordering::Relaxed), 7);
        assert_eq!(theirs.cell(cell::BEAT_EVERY).load(Ordering::Relaxed), 250);
        theirs.cell(cell::STARTED).store(3, Ordering::SeqCst);
        theirs.cell(cell::BUSY).store(5, Ordering::SeqCst);
        theirs.cell(cell::BUSY + 1).store(1, Ordering::SeqCst);
        theirs.cell(cell::HEAP_LIMIT).store(2048, Ordering::SeqCst);
        theirs.cell(cell::UTILIZATION).store(u32::MAX, Ordering::SeqCst);
        let reading = page.read();
        assert_eq!((page.started(), reading.busy, reading.heap_limit, reading.utilization), (3, (1 << 32) + 5, 2 << 20, 10_000));
    }
}
