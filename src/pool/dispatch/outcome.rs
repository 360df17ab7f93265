//! What becomes of tasks, and what there is to know of them.

use crate::pool::task::{TaskId, WorkerId};
use std::time::{Duration, Instant};

/// Why a task ends without an answer of a worker's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Its worker ended with this code. None: it is not known, or the worker was never there.
    Exit(Option<i32>),
    /// Its worker was ended by this signal.
    Signal(i32),
    Oom,
    Unresponsive,
    /// Too many workers died while they had it.
    Poisoned,
    /// It has run for too long.
    Timeout,
    /// It was not done by then, whether or not it was begun.
    Deadline,
    QueueTimeout,
    Aborted,
    Shutdown,
    /// No worker can be started.
    Start,
}

impl What {
    /// As `TaskEnd` in js/native.d.ts has it.
    pub fn name(self) -> &'static str {
        match self {
            What::Exit(_) => "exit",
            What::Signal(_) => "signal",
            What::Oom => "oom",
            What::Unresponsive => "unresponsive",
            What::Poisoned => "poisoned",
            What::Timeout => "timeout",
            What::Deadline => "deadline",
            What::QueueTimeout => "queue-timeout",
            What::Aborted => "aborted",
            What::Shutdown => "shutdown",
            What::Start => "start",
        }
    }
}

/// A task that has no answer of a worker's, and is not known here any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    pub task: TaskId,
    pub what: What,
    /// The last one that had begun it, or 0.
    pub worker: WorkerId,
    pub waited: Duration,
    pub ran: Duration,
    /// How often it was begun.
    pub attempts: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answered {
    Deliver {
        waited: Duration,
        ran: Duration,
        attempts: u32,
    },
    /// It was given up before. Nothing is delivered.
    Late,
    /// It was taken back before, and is another worker's.
    Recalled,
    /// The worker has no such task: it breaks the protocol.
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Abort {
    /// It was in no worker.
    Ended(Ended),
    /// It has ended as well, and the worker is to be told (`C`).
    Tell(WorkerId, Ended),
    Unknown,
}

/// What time has brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expired {
    Ended(Ended),
    /// It has ended, and the worker is to be told (`C`).
    Tell(WorkerId, Ended),
    /// The worker runs a task that was given up, and has not stopped in time.
    EndWorker(WorkerId),
}

/// For those who decide how many workers there are.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Load {
    /// Tasks that wait for whoever is free.
    pub queued: usize,
    /// Of these, those that want a process of their own.
    pub queued_isolated: usize,
    /// Of all that are not answered.
    pub bytes: usize,
    /// Tasks that workers run, as far as is known here.
    pub running: usize,
    /// Tasks that wait for one worker, which has others to do first: most are written to it.
    pub prefetched: usize,
    /// How long the one that was submitted first has waited, of `queued`.
    pub oldest_wait: Duration,
    /// Since the beginning.
    pub submitted: u64,
    /// Answered by a worker, and ended otherwise.
    pub answered: u64,
    pub ended: u64,
    /// Workers that are open and have had all the tasks that they may have.
    pub spent: usize,
    /// Of the tasks of the last while, the mean.
    pub run_time: Option<Duration>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WorkerLoad {
    pub worker: WorkerId,
    /// Tasks that it has and has not answered, and that are for it alone.
    pub window: usize,
    /// Tasks that it has answered.
    pub done: u64,
    /// Since when it has had nothing to do.
    pub idle_since: Option<Instant>,
    pub open: bool,
    /// It has had its isolated task, and gets nothing any more.
    pub spent: bool,
}
