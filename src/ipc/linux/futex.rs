//! Waiting for a word of shared memory, and waking who waits for one. libc has no functions for it, rustix none for many at once.

use rustix::io::{Errno, Result};
use std::ptr;
use std::sync::atomic::AtomicU32;
use std::time::Instant;

const FUTEX_32: u32 = 2;
const FUTEX_PRIVATE: u32 = 128;

/// A word and what it must hold for the wait to begin.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    pub at: *const AtomicU32,
    pub expected: u32,
    /// Only threads of this process wake it.
    pub private: bool,
}

/// As the kernel has it: `struct futex_waitv`.
#[repr(C)]
struct Waiter {
    value: u64,
    address: u64,
    flags: u32,
    reserved: u32,
}

/// Blocks until one of the words is woken, and says which. AGAIN: one of them does not hold what was expected. TIMEDOUT: it is `until`.
/// NOSYS: not in this kernel (before 5.16).
///
/// # Safety
/// Every word is mapped for as long as this takes.
pub unsafe fn wait_any(words: &[Word], until: Option<Instant>) -> Result<usize> {
    let waiters: Vec<Waiter> = words
        .iter()
        .map(|word| Waiter {
            value: word.expected.into(),
            address: word.at as u64,
            flags: FUTEX_32 | if word.private { FUTEX_PRIVATE } else { 0 },
            reserved: 0,
        })
        .collect();
    let until = until.map(monotonic);
    let timeout = until.as_ref().map_or(ptr::null(), ptr::from_ref);
    // SAFETY: an array of so many, and a time or none; the words are the caller's promise.
    let result = unsafe { libc::syscall(libc::SYS_futex_waitv, waiters.as_ptr(), waiters.len(), 0, timeout, libc::CLOCK_MONOTONIC) };
    usize::try_from(result).map_err(|_| last_error())
}

/// As [`wait_any`] for one word that other processes wake, on every kernel.
///
/// # Safety
/// The word is mapped for as long as this takes.
pub unsafe fn wait(word: *const AtomicU32, expected: u32, until: Option<Instant>) -> Result<()> {
    let until = until.map(monotonic);
    let timeout = until.as_ref().map_or(ptr::null(), ptr::from_ref);
    let any = u32::MAX;
    // SAFETY: as above. With a bitset the time is a point of the monotonic clock, not a duration.
    let result = unsafe { libc::syscall(libc::SYS_futex, word, libc::FUTEX_WAIT_BITSET, expected, timeout, ptr::null::<u32>(), any) };
    if result == 0 {
        Ok(())
    } else {
        Err(last_error())
    }
}

/// Wakes up to `count` that wait for the word, in whatever process, and says how many there were.
///
/// # Safety
/// The word is mapped.
pub unsafe fn wake(word: *const AtomicU32, count: i32, private: bool) -> usize {
    let operation = libc::FUTEX_WAKE | if private { libc::FUTEX_PRIVATE_FLAG } else { 0 };
    // SAFETY: the caller's promise. It cannot fail for a word that is there.
    let woken = unsafe { libc::syscall(libc::SYS_futex, word, operation, count) };
    usize::try_from(woken).unwrap_or(0)
}

fn last_error() -> Errno {
    Errno::from_io_error(&std::io::Error::last_os_error()).unwrap_or(Errno::INVAL)
}

/// The standard library does not tell how its Instant counts, but both clocks go at the same pace.
fn monotonic(until: Instant) -> libc::timespec {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: ours to fill; this clock is always there.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &mut now) };
    let left = until.saturating_duration_since(Instant::now());
    let nanoseconds = now.tv_nsec as u64 + u64::from(left.subsec_nanos());
    let seconds = i64::try_from(left.as_secs()).unwrap_or(i64::MAX).saturating_add((nanoseconds / 1_000_000_000) as i64);
    libc::timespec { tv_sec: now.tv_sec.saturating_add(seconds), tv_nsec: (nanoseconds % 1_000_000_000) as _ }
}
