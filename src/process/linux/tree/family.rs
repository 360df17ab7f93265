//! Whose marks belong to what is searched for.

use super::mark::{base_of, Mark};

/// More processes of ours inside of one tree than this are found in several goes.
const MOST: usize = 256;

/// A tree, and the trees that were started from inside of it, and so on: a process within that uses this addon as well gives numbers
/// of its own to what it starts, and leaves the number of its own tree in the hard limit.
pub struct Family {
    /// `None` where everything of one process is searched for.
    tree: Option<u64>,
    bases: [u64; MOST],
    count: usize,
    overflown: bool,
}

impl Family {
    pub fn of_tree(number: u64) -> Self {
        Family { tree: Some(number), bases: [0; MOST], count: 0, overflown: false }
    }

    /// All trees that the process with this base has started.
    pub fn of_process(base: u64) -> Self {
        let mut family = Family { tree: None, bases: [0; MOST], count: 0, overflown: false };
        family.add(base);
        family
    }

    pub fn has(&self, mark: Mark) -> bool {
        self.has_number(mark.soft) || self.has_number(mark.hard)
    }

    fn has_number(&self, number: u64) -> bool {
        self.tree == Some(number) || self.bases[..self.count].contains(&base_of(number))
    }

    /// Takes in what a member started from inside gave out. Returns whether that is news.
    pub fn extend(&mut self, member: Mark) -> bool {
        // In the tree itself, not started from inside of it: its other numbers are other trees.
        if self.has_number(member.soft) || !self.has_number(member.hard) {
            return false;
        }
        self.add(base_of(member.soft))
    }

    fn add(&mut self, base: u64) -> bool {
        if self.count == MOST {
            self.overflown = true;
            return false;
        }
        self.bases[self.count] = base;
        self.count += 1;
        true
    }

    /// Before everything is looked at again: forgets bases when there were too many, those of the dead among them.
    pub fn make_room(&mut self) {
        if self.overflown {
            self.overflown = false;
            self.count = usize::from(self.tree.is_none());
        }
    }
}
