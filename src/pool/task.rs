//! A task as it is handed in.

pub use super::bytes::Frame;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// JavaScript's number of a task: 1 to 2^30-1, and no other that is still to be answered has it.
pub type TaskId = u32;
/// The engine's number of a worker: from 1, never used again.
pub type WorkerId = u32;

/// A task's name as [`Dispatcher::name`](super::dispatch::Dispatcher::name) has it: tasks of one name are taken to be alike.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct NameId(pub(super) u16);

#[derive(Debug)]
pub struct Task {
    pub id: TaskId,
    /// What is written to the worker.
    pub frame: Frame,
    pub name: NameId,
    /// Higher goes first.
    pub priority: i32,
    /// Tasks of one key share what tasks of another have as well.
    pub key: Option<Arc<str>>,
    /// From its start to its end.
    pub timeout: Option<Duration>,
    /// It is to be started by then.
    pub start_by: Option<Instant>,
    /// It is to be over by then.
    pub end_by: Option<Instant>,
    /// How often it may be begun anew when the worker that ran it has gone.
    pub retries: u32,
    /// In a process that has run nothing before and will run nothing behind it.
    pub isolate: bool,
    /// This worker and no other.
    pub for_worker: Option<WorkerId>,
    pub submitted: Instant,
}

impl Task {
    /// With defaults for everything else.
    pub fn new(id: TaskId, frame: Frame, submitted: Instant) -> Self {
        Task {
            id,
            frame,
            name: NameId::default(),
            priority: 0,
            key: None,
            timeout: None,
            start_by: None,
            end_by: None,
            retries: 0,
            isolate: false,
            for_worker: None,
            submitted,
        }
    }
}
