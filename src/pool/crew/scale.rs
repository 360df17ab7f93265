//! How many workers what waits is worth.

use crate::pool::dispatch::Load;
use std::time::{Duration, Instant};

/// Before the first one was up: Node, on a CPU of its own.
const FIRST_GUESS: Duration = Duration::from_millis(50);
const SHORTEST: Duration = Duration::from_millis(5);
const LONGEST: Duration = Duration::from_secs(1);
/// A task that has waited so long is worth a worker, however short tasks are said to be.
const PATIENCE: Duration = Duration::from_millis(10);
/// Opening a worker that is up already costs no more than this: less work than that is over before.
const OPENING: Duration = Duration::from_millis(1);

/// How long it takes from the decision to the worker that is up.
#[derive(Debug)]
pub struct StartTime(Duration);

impl Default for StartTime {
    fn default() -> Self {
        StartTime(FIRST_GUESS)
    }
}

impl StartTime {
    pub fn took(&mut self, time: Duration) {
        self.0 = ((self.0 * 3 + time) / 4).clamp(SHORTEST, LONGEST);
    }

    pub fn get(&self) -> Duration {
        self.0
    }
}

/// How many workers more than `open`, which are all busy, would have something to do. `spare`: one is up already.
pub fn wanted(load: &Load, open: usize, concurrent: u32, start: &StartTime, spare: bool) -> usize {
    if load.queued == 0 {
        return 0;
    }
    let room = concurrent.max(1) as usize;
    let most = load.queued.div_ceil(room);
    let Some(run) = load.run_time else { return most };
    if open == 0 {
        return most.min(1 + ahead(load, run, room, start.get()));
    }
    let work = run.mul_f64(load.queued as f64 / (room * open) as f64);
    let worth = if spare { OPENING } else { start.get() / 2 };
    if work < worth && load.oldest_wait < PATIENCE {
        return 0;
    }
    // Who waits for long waits behind tasks that are longer than the mean says.
    let behind = 1 + (load.oldest_wait.as_secs_f64() / start.get().as_secs_f64()) as usize;
    most.min(behind.max(ahead(load, run, room, start.get())))
}

/// So many finish what waits in the time that it takes to start them.
fn ahead(load: &Load, run: Duration, room: usize, start: Duration) -> usize {
    (load.queued as f64 * run.as_secs_f64() / (room as f64 * start.as_secs_f64())).ceil() as usize
}

/// When `wanted` may come to something else though nothing has happened.
pub fn look_again(load: &Load, now: Instant) -> Option<Instant> {
    (load.queued > 0).then(|| now + if load.oldest_wait < PATIENCE { PATIENCE - load.oldest_wait } else { PATIENCE })
}

/// Whether all workers always have another task before them: then nothing waits in the queue, and another worker is of use all the same.
#[derive(Debug, Default)]
pub struct Saturation {
    looks: u32,
    next: Option<Instant>,
    /// There are as many workers as there may be. Whatever changes that is told.
    is_full: bool,
}

/// So often in a row, `PATIENCE` apart.
const LOOKS: u32 = 3;

impl Saturation {
    /// true: one more is of use.
    pub fn look(&mut self, load: &Load, is_idle: bool, is_full: bool, now: Instant) -> bool {
        self.is_full = is_full;
        if is_full || load.prefetched == 0 {
            (self.looks, self.next) = (0, None);
            return false;
        }
        if self.next.is_some_and(|next| now < next) {
            return false;
        }
        self.next = Some(now + PATIENCE);
        self.looks = if is_idle { 0 } else { self.looks + 1 };
        let is_steady = self.looks > LOOKS;
        if is_steady {
            self.looks = 0;
        }
        is_steady
    }

    /// Nothing is missed if nobody looks because of tasks that were written ahead.
    pub fn is_watched(&self) -> bool {
        self.is_full || self.next.is_some()
    }

    pub fn next(&self) -> Option<Instant> {
        self.next
    }
}
