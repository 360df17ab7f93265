//! What is written down of each task.

use super::estimate::UNKNOWN;
use crate::pool::queue::NONE;
use crate::pool::task::{Frame, NameId, Task, TaskId, WorkerId};
use std::time::{Duration, Instant};

/// Stands for no time.
pub const NEVER: u64 = u64::MAX;

/// Instants as nanoseconds, which take half the room.
#[derive(Clone, Copy, Debug)]
pub struct Clock(Instant);

impl Clock {
    pub fn new(now: Instant) -> Self {
        Clock(now)
    }

    #[inline]
    pub fn at(self, now: Instant) -> u64 {
        now.saturating_duration_since(self.0).as_nanos() as u64
    }

    pub fn instant(self, at: u64) -> Instant {
        self.0 + Duration::from_nanos(at)
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    #[default]
    Free,
    /// `place` is its node in the queue.
    Waiting,
    /// `place` is its flight.
    Written,
}

/// A task that has not ended.
#[derive(Debug)]
pub struct Slot {
    pub frame: Frame,
    /// What most tasks have no use for.
    pub extra: Option<Box<Extra>>,
    pub submitted: u64,
    pub id: TaskId,
    pub place: u32,
    /// Bytes, as they were counted.
    pub size: u32,
    pub name: NameId,
    pub state: State,
}

/// A million may be waiting.
const _: () = assert!(size_of::<Slot>() == 48);

#[derive(Clone, Copy, Debug)]
pub struct Extra {
    pub start_by: u64,
    pub end_by: u64,
    /// Nanoseconds.
    pub timeout: u64,
    pub key: u32,
    pub priority: i32,
    pub retries: u32,
    /// How often it was begun by a worker that is gone.
    pub attempts: u32,
    /// How many of these it may have killed.
    pub deaths: u32,
    /// 0: any.
    pub for_worker: WorkerId,
    pub last_worker: WorkerId,
    pub isolate: bool,
    /// Its place in the heap of deadlines.
    pub timer: u32,
}

impl Default for Extra {
    fn default() -> Self {
        Extra {
            start_by: NEVER,
            end_by: NEVER,
            timeout: NEVER,
            key: 0,
            priority: 0,
            retries: 0,
            attempts: 0,
            deaths: 0,
            for_worker: 0,
            last_worker: 0,
            isolate: false,
            timer: NONE,
        }
    }
}

impl Extra {
    /// None, where the task asks for nothing.
    pub fn of(task: &Task, key: u32, clock: Clock) -> Option<Box<Extra>> {
        let asks = task.priority != 0
            || key != 0
            || task.timeout.is_some()
            || task.start_by.is_some()
            || task.end_by.is_some()
            || task.retries != 0
            || task.isolate
            || task.for_worker.is_some();
        asks.then(|| {
            Box::new(Extra {
                start_by: task.start_by.map_or(NEVER, |by| clock.at(by)),
                end_by: task.end_by.map_or(NEVER, |by| clock.at(by)),
                timeout: task.timeout.map_or(NEVER, |timeout| u64::try_from(timeout.as_nanos()).unwrap_or(NEVER)),
                key,
                priority: task.priority,
                retries: task.retries,
                for_worker: task.for_worker.unwrap_or(0),
                isolate: task.isolate,
                ..Extra::default()
            })
        })
    }
}

impl Default for Slot {
    fn default() -> Self {
        let frame = Frame::Line(Box::default());
        Slot { frame, extra: None, submitted: 0, id: 0, place: NONE, size: 0, name: NameId::default(), state: State::Free }
    }
}

impl Slot {
    pub fn extra(&mut self) -> &mut Extra {
        self.extra.get_or_insert_default()
    }

    pub fn attempts(&self) -> u32 {
        self.extra.as_ref().map_or(0, |extra| extra.attempts)
    }

    pub fn for_worker(&self) -> WorkerId {
        self.extra.as_ref().map_or(0, |extra| extra.for_worker)
    }

    pub fn key(&self) -> u32 {
        self.extra.as_ref().map_or(0, |extra| extra.key)
    }
}

/// A task that was written to a worker, which has not answered it.
#[derive(Debug)]
pub struct Flight {
    pub id: TaskId,
    /// NONE: it was given up.
    pub slot: u32,
    pub worker: WorkerId,
    /// It is the n-th that was ever written to its worker, from 0.
    pub number: u32,
    /// Neighbours in the order in which they were written.
    pub before: u32,
    pub behind: u32,
    /// Nanoseconds that it is likely to take.
    pub estimate: u32,
    /// The worker has others to do first.
    pub waiting: bool,
    /// When it stopped to wait.
    pub begun: u64,
}

impl Default for Flight {
    fn default() -> Self {
        Flight { id: 0, slot: NONE, worker: 0, number: 0, before: NONE, behind: NONE, estimate: UNKNOWN, waiting: false, begun: 0 }
    }
}
