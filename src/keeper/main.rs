//! The keeper: a tiny program that outlives the process which started it, just long enough to end the trees that it left behind.
//! Compiled by build.rs without libc and std, carried inside of the addon, run from memory. Its arguments: the base of that process's
//! marks; its descriptor 0: a pidfd of that process.
#![no_std]
#![no_main]
// Or the loops in memory.rs would be compiled to calls of themselves.
#![no_builtins]
#![deny(unsafe_op_in_unsafe_fn)]

mod entry;
mod memory;
#[path = "../process/linux/raw.rs"]
mod raw;
mod solitude;
#[allow(dead_code, unused_imports)] // the addon's part of it
#[path = "../process/linux/tree/mod.rs"]
mod tree;

use tree::{Deadline, Family, Left, Report, Search};

const SIGTERM: i32 = 15;
/// What a tree may take to end by itself.
const GRACE: u64 = 500;
/// Between two attempts where there is no room to look (no descriptor, no memory, no /proc).
const PAUSE: u64 = 50;
const ATTEMPTS: u32 = 100;
const PARENT: i32 = 0;

/// Returns the exit code.
fn keep(base: u64) -> i32 {
    solitude::retire();
    tree::wait_readable(PARENT);
    let mut search = Search::new(Family::of_process(base));
    // One that cannot be told to end is still killed.
    let _untold = tree::signal_each(&mut search, SIGTERM, 0, &mut Nobody);
    let _waited = tree::wait_until_gone(&mut search, None, Some(Deadline::after(GRACE)));
    for _ in 0..ATTEMPTS {
        match tree::kill_all(&mut search, &mut Nobody) {
            Ok(()) => return 0,
            Err(_) => tree::pause(PAUSE),
        }
    }
    1
}

/// There is nobody left to tell.
struct Nobody;

impl Report for Nobody {
    fn signalled(&mut self) {}
    fn left(&mut self, _left: Left) {}
}
