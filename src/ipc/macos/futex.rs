//! Waiting for a word of shared memory: there is none to wait for.

use rustix::io::{Errno, Result};
use std::sync::atomic::AtomicU32;
use std::time::Instant;

#[derive(Clone, Copy, Debug)]
pub struct Word {
    pub at: *const AtomicU32,
    pub expected: u32,
    pub private: bool,
}

/// # Safety
/// None is needed.
pub unsafe fn wait_any(_words: &[Word], _until: Option<Instant>) -> Result<usize> {
    Err(Errno::NOSYS)
}

/// # Safety
/// None is needed.
pub unsafe fn wait(_word: *const AtomicU32, _expected: u32, _until: Option<Instant>) -> Result<()> {
    Err(Errno::NOSYS)
}

/// # Safety
/// None is needed.
pub unsafe fn wake(_word: *const AtomicU32, _count: i32, _private: bool) -> usize {
    0
}
