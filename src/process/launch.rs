use super::platform::{Launch, ProcessHandle};
use super::SpawnError;
use std::os::fd::OwnedFd;

/// What a launch came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// On its way to exec.
    UnderWay,
    /// The program runs, or has run.
    Executed,
    Failed(SpawnError),
}

/// A child just started.
pub(super) struct Started {
    pub process: ProcessHandle,
    pub launch: Launch,
    /// This process's end for every [`Stdio::Pipe`](crate::command::Stdio::Pipe), in order of the descriptors.
    pub pipes: Vec<OwnedFd>,
}
