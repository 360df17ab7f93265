//! What a worker has, and what it may get.

use super::book::{Flight, NEVER};
use crate::pool::queue::{FrontId, Slab, NONE};
use crate::pool::task::{NameId, TaskId, WorkerId};

/// A task that nobody waits for any more, and that the worker has not answered.
#[derive(Clone, Copy, Debug)]
pub struct GivenUp {
    pub id: TaskId,
    pub flight: u32,
    /// When the worker should have stopped with it. NEVER, as long as it has others to do first.
    pub until: u64,
}

/// What stands in a worker's page, and what was known here at that time.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    pub finished: u32,
    pub busy_us: u64,
    pub done: u64,
    pub at: u64,
    /// `done` and `at` of the time before: what the worker wrote down then, it did later.
    pub before: (u64, u64),
}

#[derive(Debug)]
pub struct Worker {
    pub id: WorkerId,
    pub weight: f64,
    pub foreign: bool,
    /// It was seen last on another CPU than the one that tasks are handed out on.
    pub elsewhere: bool,
    /// It may get new tasks.
    pub open: bool,
    /// It is to be ended because of a task that does not stop.
    pub condemned: bool,
    /// Tasks can be taken back before it begins them.
    pub recallable: bool,
    /// So many tasks in its life, and how many it got.
    pub quota: u64,
    pub given: u64,
    pub done: u64,
    /// Those that it has, in the order in which they were written; from `first_waiting` on they wait.
    head: u32,
    tail: u32,
    first_waiting: u32,
    pub window: usize,
    pub waiting: usize,
    /// Nanoseconds that those it runs, and those that wait, are likely to take.
    pub running_ns: u64,
    pub waiting_ns: u64,
    /// The number of the next one that is written to it.
    pub number: u32,
    pub given_up: Vec<GivenUp>,
    /// Taken back, and not yet passed over by the worker.
    pub ghosts: Vec<TaskId>,
    pub idle_since: u64,
    /// When it answered something, or got something to do, last.
    pub progress: u64,
    /// When a recall was asked for.
    pub recall_asked: u64,
    /// For it alone.
    pub own: FrontId,
    /// Of keys that belong to it.
    pub bound: FrontId,
    /// How many came to belong to it.
    pub keys: u32,
    pub utilization: f64,
    /// By weight, so much of its share it has had.
    pub share: f64,
    /// When it was chosen last, in a count of choices.
    pub chosen: u64,
    /// What was measured last.
    pub page: Option<Measured>,
    /// Answered since then.
    pub unmeasured: Vec<(NameId, u32)>,
}

impl Worker {
    pub fn new(id: WorkerId, weight: f64, foreign: bool, at: u64) -> Self {
        Worker {
            id,
            weight: if weight > 0.0 { weight } else { 1.0 },
            foreign,
            elsewhere: false,
            open: true,
            condemned: false,
            recallable: false,
            quota: u64::MAX,
            given: 0,
            done: 0,
            head: NONE,
            tail: NONE,
            first_waiting: NONE,
            window: 0,
            waiting: 0,
            running_ns: 0,
            waiting_ns: 0,
            number: 0,
            given_up: Vec::new(),
            ghosts: Vec::new(),
            idle_since: at,
            progress: at,
            recall_asked: 0,
            own: NONE,
            bound: NONE,
            keys: 0,
            utilization: 0.0,
            share: 0.0,
            chosen: 0,
            page: None,
            unmeasured: Vec::new(),
        }
    }

    /// Nothing speaks against another one but what it has already. Where it has not passed over what was taken back, the same task could come to
    /// it a second time, and it would not know them apart.
    #[inline]
    pub fn is_willing(&self) -> bool {
        self.open && !self.condemned && !self.is_spent() && self.ghosts.is_empty()
    }

    #[inline]
    pub fn is_spent(&self) -> bool {
        self.given >= self.quota
    }

    /// The worker knows a task of that number which is none any more.
    #[inline]
    pub fn has_stray(&self, id: TaskId) -> bool {
        !self.given_up.is_empty() && self.given_up.iter().any(|stray| stray.id == id)
    }

    pub fn running(&self) -> usize {
        self.window - self.waiting
    }

    pub fn tail(&self) -> u32 {
        self.tail
    }

    pub fn push(&mut self, flights: &mut Slab<Flight>, at: u32, concurrency: usize) {
        let waiting = self.running() >= concurrency;
        let flight = &mut flights[at];
        flight.waiting = waiting;
        flight.before = self.tail;
        flight.behind = NONE;
        let estimate = u64::from(flight.estimate);
        match self.tail {
            NONE => self.head = at,
            tail => flights[tail].behind = at,
        }
        self.tail = at;
        self.window += 1;
        if waiting {
            self.waiting += 1;
            self.waiting_ns += estimate;
            if self.first_waiting == NONE {
                self.first_waiting = at;
            }
        } else {
            self.running_ns += estimate;
        }
    }

    pub fn remove(&mut self, flights: &mut Slab<Flight>, at: u32) -> Flight {
        let flight = flights.take(at);
        match flight.before {
            NONE => self.head = flight.behind,
            before => flights[before].behind = flight.behind,
        }
        match flight.behind {
            NONE => self.tail = flight.before,
            behind => flights[behind].before = flight.before,
        }
        self.window -= 1;
        if flight.waiting {
            self.waiting -= 1;
            self.waiting_ns -= u64::from(flight.estimate);
            if self.first_waiting == at {
                self.first_waiting = flight.behind;
            }
        } else {
            self.running_ns -= u64::from(flight.estimate);
        }
        flight
    }

    /// The next that waits, if the worker can begin it by now.
    pub fn promote(&mut self, flights: &mut Slab<Flight>, concurrency: usize) -> Option<u32> {
        let at = self.first_waiting;
        if at == NONE || self.running() >= concurrency {
            return None;
        }
        let flight = &mut flights[at];
        flight.waiting = false;
        self.first_waiting = flight.behind;
        self.waiting -= 1;
        self.waiting_ns -= u64::from(flight.estimate);
        self.running_ns += u64::from(flight.estimate);
        Some(at)
    }

    /// When the first of those that were given up should have stopped.
    pub fn overdue(&self) -> u64 {
        if self.condemned {
            return NEVER;
        }
        self.given_up.iter().map(|stray| stray.until).min().unwrap_or(NEVER)
    }

    /// One more task of this name was answered.
    #[inline]
    pub fn note_unmeasured(&mut self, name: NameId) {
        match self.unmeasured.iter_mut().find(|(known, _)| *known == name) {
            Some((_, count)) => *count += 1,
            None => self.unmeasured.push((name, 1)),
        }
    }
}
