//! ENDING a child together with whatever it has started. How a tree is found: docs/process.md.

pub(super) mod group;
mod report;

pub use report::{Left, Report};

use super::platform;
use crate::command::Kinship;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// How the members of a tree are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mechanism {
    /// By a mark that they inherit.
    Mark,
    /// By process group and ancestry.
    Group,
}

/// How far a signal is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// Each member got it, once; but for the process `except`, which has got it already. 0 is none.
    Sent { except: i32 },
    /// None is left. For SIGKILL.
    Gone,
    /// All stand still. For SIGSTOP.
    Still,
}

/// A child and whatever it has started and will start. A number that stays valid when the child has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tree(NonZeroU32);

/// Trees are counted within that, and then from the beginning.
const COUNT: u32 = 1 << 26;
const INDEPENDENT: u32 = 1 << 30;

/// What its members may take to end by themselves when there is nobody who could wait longer.
const GRACE: Duration = Duration::from_millis(500);

impl Tree {
    pub(super) fn next(kinship: Kinship) -> Tree {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let count = 1 + COUNTER.fetch_add(1, Ordering::Relaxed) % (COUNT - 2);
        let number = match kinship {
            Kinship::Dependent => count,
            Kinship::Independent => count | INDEPENDENT,
        };
        Tree(NonZeroU32::MIN.saturating_add(number - 1))
    }

    /// As it is known to JavaScript.
    pub fn number(self) -> u32 {
        self.0.get()
    }

    pub fn from_number(number: u32) -> Option<Tree> {
        NonZeroU32::new(number).map(Tree)
    }

    /// Within this process: from 1.
    pub(super) fn count(self) -> u32 {
        self.number() & !INDEPENDENT
    }

    pub fn is_independent(self) -> bool {
        self.number() & INDEPENDENT != 0
    }

    /// Where there is no mark, what the tree is found by later.
    pub(super) fn started(self, pid: i32) {
        if mechanism() == Mechanism::Group {
            group::remember(self, pid);
        }
    }

    /// Signals its members. Blocks for as long as that takes, at most some two seconds.
    pub fn signal(self, signal: i32, until: Until) -> Report {
        let mut report = Report::new(mechanism());
        let result = match report.mechanism {
            Mechanism::Mark => platform::trees::signal(self, signal, until, &mut report),
            Mechanism::Group => group::signal(self, signal, until, &mut report),
        };
        report.unless(result)
    }

    /// Blocks until no member is left, zombies apart. `None`: the time is over, or `cancel` was woken.
    pub fn wait(self, cancel: Option<&platform::WakeUp>, timeout: Option<Duration>) -> Option<Report> {
        let gone = match mechanism() {
            Mechanism::Mark => platform::trees::wait(self, cancel, timeout),
            Mechanism::Group => group::wait(self, cancel, timeout),
        };
        let report = Report::new(mechanism());
        match gone {
            Ok(false) => None,
            Ok(true) => Some(report),
            Err(errno) => Some(report.unless(Err(errno))),
        }
    }
}

pub fn mechanism() -> Mechanism {
    platform::trees::mechanism()
}

/// Who ends the trees when this process is gone: `keeper`, or why there is none.
pub fn lifetime() -> String {
    match platform::keeper::state() {
        Ok(()) => "keeper".into(),
        Err(reason) => format!("none: {reason}. (A parent-death signal is no substitute: it follows a thread, reaches one process, and set-uid programs drop it)"),
    }
}

/// Ends what depends on somebody who is gone while this process goes on, on a thread of its own. Each tree comes with the child that
/// has been told already.
pub fn end_in_background(trees: Vec<(Tree, i32)>) {
    if trees.is_empty() {
        return;
    }
    let end = move || {
        for (tree, told) in &trees {
            tree.signal(libc::SIGTERM, Until::Sent { except: *told });
        }
        let started = std::time::Instant::now();
        for (tree, _) in &trees {
            if tree.wait(None, Some(GRACE.saturating_sub(started.elapsed()))).is_none() {
                tree.signal(libc::SIGKILL, Until::Gone);
            }
        }
    };
    // Out of threads, they go on until this process ends.
    let _out_of_threads = std::thread::Builder::new().name("procs-tree".into()).stack_size(STACK).spawn(end);
}

/// Of a thread that searches: two of the kernel's directory listings, and some.
pub const STACK: usize = 256 * 1024;
