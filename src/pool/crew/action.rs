//! What the crew asks its engine to do, and what it wants to have said.

use crate::pool::machine::Scarce;
use crate::pool::task::WorkerId;
use crate::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;

/// In the order in which they are to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Start a process. `started` or `start_failed` is the answer.
    Start(WorkerId),
    /// It gets tasks from now on, and no more than `quota` of them in its life.
    Open {
        worker: WorkerId,
        quota: u64,
    },
    /// It gets no more tasks. `End` follows when it has answered those that it has.
    Drain(WorkerId, Why),
    /// Its teardown, then its end, for which it has `grace`; zero: SIGKILL for its whole tree. Comes again, with zero, when the grace was
    /// not enough. `gone` is the answer.
    End {
        worker: WorkerId,
        why: Why,
        grace: Duration,
    },
    /// Look at every worker: `sampled` for each.
    Sample,
    /// There is no worker and none can be started: all tasks that wait end with this.
    Reject(Failure),
    Note(Note),
}

/// Why a worker is ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Why {
    /// Nothing to do for `idleTimeout`.
    Idle,
    /// `maxWorkers` was lowered.
    Surplus,
    /// `maxTasksPerWorker`.
    Tasks,
    /// `maxMemoryPerWorker`.
    Memory,
    /// `maxWorkerLifetime`.
    Lifetime,
    /// It was there for one task, which has its process to itself.
    Isolated,
    /// To make room for a process that has done nothing yet, which a task wants.
    Room,
    /// Its event loop has not turned for `unresponsiveTimeout`.
    Unresponsive,
    /// It was not up within `startTimeout`.
    StartTimeout,
    /// `setup` has thrown, or its module could not be loaded.
    Setup,
    /// A task of its that was given up did not end within `abortGrace`.
    Task,
    /// What it says breaks the protocol.
    Protocol,
    /// The pool ends.
    Shutdown,
}

impl Why {
    pub const ALL: [Why; 13] = [
        Why::Idle,
        Why::Surplus,
        Why::Tasks,
        Why::Memory,
        Why::Lifetime,
        Why::Isolated,
        Why::Room,
        Why::Unresponsive,
        Why::StartTimeout,
        Why::Setup,
        Why::Task,
        Why::Protocol,
        Why::Shutdown,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Why::Idle => "idle",
            Why::Surplus => "surplus",
            Why::Tasks => "tasks",
            Why::Memory => "memory",
            Why::Lifetime => "lifetime",
            Why::Isolated => "isolated",
            Why::Room => "room",
            Why::Unresponsive => "unresponsive",
            Why::StartTimeout => "start-timeout",
            Why::Setup => "setup",
            Why::Task => "task",
            Why::Protocol => "protocol",
            Why::Shutdown => "shutdown",
        }
    }

    /// A worker that did its work is replaced by one that has its life before it.
    pub fn is_recycling(self) -> bool {
        matches!(self, Why::Tasks | Why::Memory | Why::Lifetime)
    }
}

/// Why there is no worker.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    /// The program could not be started: an errno.
    Spawn(i32),
    /// The answer to `procs.setup`: the error as JSON.
    Setup(Arc<str>),
    /// It ended before it was up.
    Exited(ExitStatus),
    /// It was not up within `startTimeout`.
    Timeout,
    /// What it said broke the protocol before it was up.
    Protocol,
    /// It was up, and ended before it had begun a task.
    Died(ExitStatus),
}

impl Failure {
    /// Whether the next attempt has as good a chance as if this one had not been: somebody has ended it, or the machine is short of something.
    pub fn is_passing(&self) -> bool {
        match self {
            Failure::Spawn(errno) => [libc::EAGAIN, libc::ENOMEM, libc::EMFILE, libc::ENFILE, libc::EINTR].contains(errno),
            Failure::Exited(status) | Failure::Died(status) => matches!(status, ExitStatus::Signal(_)),
            Failure::Setup(_) | Failure::Timeout | Failure::Protocol => false,
        }
    }
}

/// Something to know.
#[derive(Clone, Debug, PartialEq)]
pub enum Note {
    /// A start has failed. The next one is made after this time at the earliest; None: not until the pool is configured anew.
    StartFailed { worker: WorkerId, failure: Failure, retry: Option<Duration> },
    /// `maxRestarts` in `restartWindow` are used up: tasks end with what has failed last until some of them are long enough ago.
    GaveUp { failure: Failure, until: Option<Duration> },
    /// Starts succeed again.
    Recovered,
    /// There are as many processes as `softLimit` says.
    SoftLimit(usize),
    /// More workers are wanted than the machine can bear.
    Scarce(Scarce),
}
