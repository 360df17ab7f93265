//! Waiting for the end of a tree.

use super::kernel::{self, Deadline, Descriptor, Polled};
use super::member::Member;
use super::search::Search;

/// So many are waited for at once; the others after them.
const MOST: usize = 16;

/// Members whose end is awaited.
pub struct Ends {
    processes: [Option<Descriptor>; MOST],
    count: usize,
}

impl Ends {
    pub fn new() -> Self {
        Ends { processes: [const { None }; MOST], count: 0 }
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Without effect when there are enough.
    pub fn add(&mut self, member: Member) {
        if self.count < MOST {
            self.processes[self.count] = Some(member.process);
            self.count += 1;
        }
    }

    pub fn is_full(&self) -> bool {
        self.count == MOST
    }

    /// Blocks until all have ended. False: `cancelled` became readable, or the time is over.
    pub fn wait(&self, cancelled: Option<i32>, deadline: Option<Deadline>) -> bool {
        let mut polled = [Polled::NONE; MOST + 1];
        for (polled, process) in polled.iter_mut().zip(self.processes.iter().flatten()) {
            *polled = Polled::readable(process.raw());
        }
        if let Some(fd) = cancelled {
            polled[MOST] = Polled::readable(fd);
        }
        loop {
            kernel::poll(&mut polled, deadline.map(Deadline::left));
            if polled[MOST].is_ready() {
                return false;
            }
            let mut waiting = false;
            for polled in &mut polled[..MOST] {
                if polled.is_ready() {
                    *polled = Polled::NONE;
                }
                waiting |= polled.is_awaited();
            }
            if !waiting {
                return true;
            }
            if deadline.is_some_and(Deadline::is_over) {
                return false;
            }
        }
    }
}

/// Blocks until no member is left, zombies apart. False: `cancelled` became readable, or the time is over.
pub fn wait_until_gone(search: &mut Search, cancelled: Option<i32>, deadline: Option<Deadline>) -> Result<bool, i32> {
    loop {
        let mut ends = Ends::new();
        let found = search.each(|member| {
            ends.add(member);
            !ends.is_full()
        });
        if ends.is_empty() {
            return found.map(|()| true);
        }
        // Where the search ran out of descriptors, the end of these makes room.
        if !ends.wait(cancelled, deadline) {
            return Ok(false);
        }
    }
}
