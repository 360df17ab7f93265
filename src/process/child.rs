use super::launch::Progress;
use super::platform::{self, Launch, ProcessHandle};
use super::{ExitStatus, SpawnError};
use crate::command::Command;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// A child process. Whoever drops it before its end hands it to the [`reaper`](super::adopt).
pub struct Child {
    process: Option<ProcessHandle>,
    launch: Option<Launch>,
    failure: Option<SpawnError>,
    /// Waited for already: there is nothing left to wait for, and nobody to hand over.
    reaped: bool,
}

/// A child just started.
pub struct Spawned {
    pub child: Child,
    /// This process's end of every [`Stdio::Pipe`](crate::command::Stdio::Pipe), in order. Close-on-exec and blocking.
    pub pipes: Vec<OwnedFd>,
}

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
        let started = platform::start(command)?;
        let child = Child { process: Some(started.process), launch: Some(started.launch), failure: None, reaped: false };
        Ok(Spawned { child, pipes: started.pipes })
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
        if let Some(launch) = &self.launch {
            launch.wait_before(signal);
        }
        self.process().signal(signal)
    }

    /// Frees what the start borrowed, once the program runs. Returns whether that is so.
    pub fn settle(&mut self) -> bool {
        match self.launch.as_ref().map(Launch::progress) {
            Some(Progress::UnderWay) => return false,
            Some(Progress::Failed(error)) => self.failure = Some(error),
            Some(Progress::Executed) | None => {}
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
        let status = match self.process().try_wait() {
            Ok(None) => return Ok(None),
            result => result,
        };
        self.reaped = true;
        if let Some(launch) = &mut self.launch {
            launch.ended();
        }
        self.settle();
        Ok(status?.map(|status| self.failure.map_or(End::Exited(status), End::NotStarted)))
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
