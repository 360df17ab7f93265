use super::launch::{Progress, Started};
use super::platform::{self, Launch, ProcessHandle};
use super::usage::{own_peak, Usage};
use super::{ExitStatus, SpawnError, Tree};
use crate::command::Command;
use std::mem;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// A child process. Whoever drops it before its end hands it to the [`reaper`](super::adopt).
pub struct Child {
    process: Option<ProcessHandle>,
    launch: Option<Launch>,
    failure: Option<SpawnError>,
    /// Waited for already: there is nothing left to wait for, and nobody to hand over.
    reaped: bool,
    tree: Option<Tree>,
    /// The most memory this process had by the time the program ran.
    peak_before: u64,
    usage: Usage,
}

/// A child just started.
pub struct Spawned {
    pub child: Child,
    /// This process's end of every [`Stdio::Pipe`](crate::command::Stdio::Pipe), in order. Close-on-exec and blocking.
    pub pipes: Vec<OwnedFd>,
}

/// Linux counts resident pages per CPU and adds them up roughly.
const SLACK: u64 = 1 << 20;

/// The end of a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Exited(ExitStatus),
    /// It never became the program it was to be.
    NotStarted(SpawnError),
}

impl Child {
    /// Starts the program and returns at once: whether exec succeeds is known later, see [`Child::try_wait`].
    pub fn spawn(command: Command) -> Result<Spawned, SpawnError> {
        let tree = command.tree.map(Tree::next);
        let mut started = platform::start(command, tree)?;
        let pipes = mem::take(&mut started.pipes);
        let mut child = Child::of(started);
        child.tree = tree;
        if let Some(tree) = tree {
            tree.started(child.pid());
        }
        Ok(Spawned { child, pipes })
    }

    pub(super) fn of(started: Started) -> Child {
        Child {
            process: Some(started.process),
            launch: Some(started.launch),
            failure: None,
            reaped: false,
            tree: None,
            peak_before: 0,
            usage: Usage::default(),
        }
    }

    /// It and what it starts.
    pub fn tree(&self) -> Option<Tree> {
        self.tree
    }

    /// Blocks until a signal to its tree may be sent, see [`Child::signal`].
    pub fn wait_before(&self, signal: i32) {
        if let Some(launch) = &self.launch {
            launch.wait_before(signal);
        }
    }

    pub fn pid(&self) -> i32 {
        self.process().pid()
    }

    fn process(&self) -> &ProcessHandle {
        // Taken only by `drop`.
        self.process.as_ref().expect("a child holds its process until it is dropped")
    }

    /// Sends a signal to this process and no other. ESRCH when it has been reaped.
    pub fn signal(&mut self, signal: i32) -> rustix::io::Result<()> {
        self.wait_before(signal);
        self.process().signal(signal)
    }

    /// Frees what the start borrowed, once the program runs. Returns whether that is so.
    pub fn settle(&mut self) -> bool {
        match self.launch.as_ref().map(Launch::progress) {
            Some(Progress::UnderWay) => return false,
            Some(Progress::Failed(error)) => self.failure = Some(error),
            Some(Progress::Executed) => self.peak_before = own_peak(),
            None => {}
        }
        self.launch = None;
        true
    }

    /// Why the program did not come to run, if that is known by now.
    pub fn failure(&mut self) -> Option<SpawnError> {
        self.settle();
        self.failure
    }

    /// Reaps the child if it has ended. After that, it fails with ECHILD.
    pub fn try_wait(&mut self) -> rustix::io::Result<Option<End>> {
        let ended = match self.process().try_wait() {
            Ok(None) => return Ok(None),
            result => result,
        };
        self.reaped = true;
        if let Some(launch) = &mut self.launch {
            launch.ended();
        }
        self.settle();
        let Some((status, usage)) = ended? else { return Ok(None) };
        self.usage = usage;
        if usage.max_rss <= self.peak_before + self.peak_before / 64 + SLACK {
            self.usage.max_rss = 0;
        }
        Ok(Some(self.failure.map_or(End::Exited(status), End::NotStarted)))
    }

    /// What it used; known once it is reaped.
    pub fn usage(&self) -> Usage {
        self.usage
    }
}

impl AsFd for Child {
    /// Readable when the child has ended.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.process().as_fd()
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if self.reaped {
            return;
        }
        if let (Ok(None), Some(process)) = (self.try_wait(), self.process.take()) {
            super::adopt(process);
        }
    }
}
