//! Trees by their mark: the numbers that this process gives out, and the search on its behalf.

use super::tree::{self, base_of, last_of, Deadline, Family, Mark, Search, COUNTING};
use super::WakeUp;
use crate::process::tree::{Left, Mechanism, Report, Tree, Until};
use rustix::io::{Errno, Result};
use std::hash::{BuildHasher, RandomState};
use std::os::fd::{AsFd, AsRawFd};
use std::sync::OnceLock;
use std::time::Duration;

/// Numbers of ours are not below that: a process so deep inside of others', or limited by somebody else, gets none.
const LOWEST: u64 = 1 << 60;
/// From one process of ours to the one that it is inside of, at most.
const STEP: u64 = 1 << 57;

/// What this process marks its trees with.
pub struct Marks {
    base: u64,
    /// Of trees that may outlive this process: its keeper looks for the other base.
    independent: u64,
    /// The tree that this process is in itself.
    enclosing: Option<u64>,
}

/// `None` where no mark can be set.
pub fn own() -> Option<&'static Marks> {
    static OWN: OnceLock<Option<Marks>> = OnceLock::new();
    OWN.get_or_init(Marks::choose).as_ref()
}

impl Marks {
    fn choose() -> Option<Marks> {
        let (soft, hard) = limits()?;
        if soft == u64::MAX {
            // Outside of any tree: the upper half of all numbers, but for those that say "unlimited".
            let any = || base_of((1 << 63) + random(1 << 62));
            return Some(Marks { base: any(), independent: any(), enclosing: None });
        }
        if hard < soft || soft < LOWEST + 2 * STEP {
            return None;
        }
        // Below the limit that it has, which only root could raise.
        let below = || base_of(soft - (1 << COUNTING) - random(STEP));
        Some(Marks { base: below(), independent: below(), enclosing: Some(soft) })
    }

    pub fn of(&self, tree: Tree) -> Mark {
        let base = if tree.is_independent() { self.independent } else { self.base };
        Mark { soft: base + u64::from(tree.count()), hard: self.enclosing.unwrap_or(last_of(base)) }
    }

    /// The keeper stands for all of this process's trees.
    pub fn of_keeper(&self) -> Mark {
        Mark { soft: self.base, hard: self.enclosing.unwrap_or(last_of(self.base)) }
    }
}

/// Set to what they are already: where this is refused, so is every other value (gVisor, seccomp).
fn limits() -> Option<(u64, u64)> {
    let mut limits = libc::rlimit64 { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: a struct for each direction, or none. The raw call, since the libcs disagree about the type of the resource.
    let ok = unsafe {
        let no_old = std::ptr::null_mut::<libc::rlimit64>();
        libc::syscall(libc::SYS_prlimit64, 0, libc::RLIMIT_LOCKS, no_old, &raw mut limits) == 0
            && libc::syscall(libc::SYS_prlimit64, 0, libc::RLIMIT_LOCKS, &raw const limits, no_old) == 0
    };
    ok.then_some((limits.rlim_cur, limits.rlim_max))
}

/// Below `end`. Only to be different from others'.
fn random(end: u64) -> u64 {
    RandomState::new().hash_one(std::process::id()) % end
}

pub fn mechanism() -> Mechanism {
    if own().is_some() {
        Mechanism::Mark
    } else {
        Mechanism::Group
    }
}

pub fn signal(tree: Tree, signal: i32, until: Until, report: &mut Report) -> Result<()> {
    let Some(mut search) = search(tree) else { return Ok(()) };
    let result = match until {
        Until::Sent { except } => tree::signal_each(&mut search, signal, except, report),
        Until::Gone => tree::kill_all(&mut search, report),
        Until::Still => tree::stop_all(&mut search, report),
    };
    result.map_err(Errno::from_raw_os_error)
}

pub fn wait(tree: Tree, cancel: Option<&WakeUp>, timeout: Option<Duration>) -> Result<bool> {
    let Some(mut search) = search(tree) else { return Ok(true) };
    let deadline = timeout.map(|timeout| Deadline::after(timeout.as_millis() as u64));
    let cancel = cancel.map(|cancel| cancel.as_fd().as_raw_fd());
    tree::wait_until_gone(&mut search, cancel, deadline).map_err(Errno::from_raw_os_error)
}

fn search(tree: Tree) -> Option<Search> {
    Some(Search::new(Family::of_tree(own()?.of(tree).soft)))
}

impl tree::Report for Report {
    fn signalled(&mut self) {
        self.signalled += 1;
    }

    fn left(&mut self, left: tree::Left) {
        let name = left.command.split(|byte| *byte == 0).next().unwrap_or_default();
        let command = String::from_utf8_lossy(name).into_owned();
        self.left.push(Left { pid: left.pid, command, errno: Errno::from_raw_os_error(left.errno) });
    }
}
