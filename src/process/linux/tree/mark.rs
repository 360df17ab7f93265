//! The mark: a resource limit that Linux has ignored since 2.4 (RLIMIT_LOCKS), and that every descendant inherits whatever it does:
//! exec, setsid, double fork, a change of name, of environment, of user.
//!
//! soft: the number of the tree. hard: the tree that the process which started it is in itself; outside of any, the last of that process's numbers.
//! A number's upper part is the base of the process that gave it out, the lower part counts that process's trees; 0 is its keeper.

use super::kernel::{self, EACCES, EPERM};
use super::listing::{self, Path};

/// So many bits count; after that many trees the numbers of the first come again.
pub const COUNTING: u32 = 26;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Mark {
    pub soft: u64,
    pub hard: u64,
}

/// What the numbers of one process have in common.
pub fn base_of(number: u64) -> u64 {
    number >> COUNTING << COUNTING
}

/// The highest of them, which no tree gets: a hard limit is not below the soft one.
pub fn last_of(base: u64) -> u64 {
    base + (1 << COUNTING) - 1
}

impl Mark {
    /// ESRCH when there is no such process.
    pub fn of(pid: i32) -> Result<Mark, i32> {
        match kernel::limits_of(pid) {
            // Not with another user's process; the file may be read by anybody.
            Err(EPERM | EACCES) => of_file(pid),
            result => result.map(|[soft, hard]| Mark { soft, hard }),
        }
    }

    /// The keeper of a process, rather than one of a tree's own.
    pub fn is_keeper(self) -> bool {
        self.soft == base_of(self.soft)
    }
}

fn of_file(pid: i32) -> Result<Mark, i32> {
    // Its 16 lines of about 80 bytes.
    let mut buffer = [0; 2048];
    let text = listing::contents(&Path::of(pid, b"/limits"), &mut buffer)?;
    parse(text).ok_or(EPERM)
}

fn parse(limits: &[u8]) -> Option<Mark> {
    let line = limits.split(|byte| *byte == b'\n').find_map(|line| line.strip_prefix(b"Max file locks"))?;
    let mut words = line.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
    Some(Mark { soft: limit(words.next()?)?, hard: limit(words.next()?)? })
}

fn limit(word: &[u8]) -> Option<u64> {
    if word == b"unlimited" {
        Some(u64::MAX)
    } else {
        listing::number(word)
    }
}
