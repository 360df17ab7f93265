//! Which task goes to which worker, and what becomes of it. Knows neither processes nor the clock: time is given.
//!
//! A task waits in a lane of a front ([`queue`](super::queue)), or is a *flight*: written to a worker that has not answered it. A worker begins
//! its flights in the order in which they were written, so many at a time; those behind wait there, for about a millisecond, so that it need not
//! wait for us (`give`). Whatever ends a task (`settle`, `lost`, `deadlines`) takes it off the book first: nothing can end it a second time. What a worker
//! still has of it is a stray, and its answer is passed over.

mod book;
mod deadlines;
mod estimate;
mod gather;
mod give;
mod lost;
mod outcome;
mod settle;
#[cfg(test)]
mod tests;
mod worker;

pub use outcome::{Abort, Answered, Ended, Expired, Load, What, WorkerLoad};

use super::queue::{FrontId, Heap, Ids, Keys, Lanes, Side, Slab, Spot, NONE};
use super::settings::{Balancing, Settings};
use super::task::{Frame, NameId, Task, TaskId, WorkerId};
use book::{Clock, Extra, Flight, Slot, State, NEVER};
use estimate::Estimates;
use std::time::{Duration, Instant};
use worker::{Measured, Worker};

/// So many keys in a row at most go to a worker that has just come.
const CATCH_UP: u32 = 64;

#[derive(Debug)]
pub struct Dispatcher {
    settings: Settings,
    clock: Clock,
    ids: Ids,
    slots: Slab<Slot>,
    flights: Slab<Flight>,
    lanes: Lanes,
    /// Tasks for any worker, and those that want a fresh one.
    shared: FrontId,
    isolated: FrontId,
    keys: Keys,
    /// By their ids.
    workers: Vec<Worker>,
    /// Deadlines of slots.
    timers: Heap<u64>,
    estimates: Estimates,
    /// Ended before they began to wait, to be told with the next [`Dispatcher::expire`].
    stillborn: Vec<Ended>,
    /// Tasks that wait; those of them that are for one worker.
    queued: usize,
    queued_own: usize,
    bytes: usize,
    /// When tasks are to be given out although nothing has happened.
    waits_until: u64,
    /// A task was refused, and nobody was told that there is room again.
    refused: bool,
    choices: u64,
    submitted: u64,
    answered: u64,
    ended: u64,
}

impl Dispatcher {
    pub fn new(settings: &Settings, now: Instant) -> Self {
        let mut lanes = Lanes::new(ageing(settings));
        Dispatcher {
            settings: settings.clone(),
            clock: Clock::new(now),
            ids: Ids::default(),
            slots: Slab::default(),
            flights: Slab::default(),
            shared: lanes.add_front(),
            isolated: lanes.add_front(),
            lanes,
            keys: Keys::default(),
            workers: Vec::new(),
            timers: Heap::default(),
            estimates: Estimates::default(),
            stillborn: Vec::new(),
            queued: 0,
            queued_own: 0,
            bytes: 0,
            waits_until: NEVER,
            refused: false,
            choices: 0,
            submitted: 0,
            answered: 0,
            ended: 0,
        }
    }

    pub fn configure(&mut self, settings: &Settings, now: Instant) {
        let was_bound = self.is_bound();
        self.settings = settings.clone();
        self.lanes.set_ageing(ageing(settings));
        for at in 0..self.workers.len() {
            if was_bound && !self.is_bound() {
                self.unbind(at);
            }
            self.promote(at, self.clock.at(now));
        }
    }

    /// Tasks of the same name are taken to be alike.
    pub fn name(&mut self, name: &[u8]) -> NameId {
        self.estimates.name(name)
    }

    /// What [`Dispatcher::submit`] would say to so many bytes.
    pub fn has_room(&self, bytes: usize) -> bool {
        let pending = self.slots.len();
        pending == 0 || pending < self.most() && self.bytes.saturating_add(bytes) <= self.settings.max_queued_bytes
    }

    /// How many there may be: those that wait, and those that can run at a time.
    fn most(&self) -> usize {
        let running = self.settings.max_workers.saturating_mul(self.settings.concurrent_tasks as usize);
        self.settings.max_queue.saturating_add(running)
    }

    /// Err: there is no room, see [`Dispatcher::take_drain`]; or its id is that of another.
    // What is refused is given back as it is, and is large.
    #[allow(clippy::result_large_err)]
    pub fn submit(&mut self, task: Task, now: Instant) -> Result<(), Task> {
        let size = task.frame.size();
        if !self.has_room(size) {
            self.refused = true;
            return Err(task);
        }
        if task.id >= Ids::LIMIT || self.ids.get(task.id).is_some() {
            return Err(task);
        }
        self.submitted += 1;
        let submitted = self.clock.at(task.submitted);
        if let Some(worker) = task.for_worker.filter(|worker| self.find(*worker).is_none()) {
            let waited = now.saturating_duration_since(task.submitted);
            let (what, ran) = (What::Exit(None), Duration::ZERO);
            self.stillborn.push(Ended { task: task.id, what, worker, waited, ran, attempts: 0 });
            return Ok(());
        }
        let key = task.key.as_ref().map_or(0, |key| self.keys.enter(key));
        let extra = Extra::of(&task, key, self.clock);
        let size = u32::try_from(size).unwrap_or(u32::MAX);
        self.bytes += size as usize;
        let Task { id, frame, name, .. } = task;
        let has_extra = extra.is_some();
        let slot = self.slots.add(Slot { frame, extra, submitted, id, place: NONE, size, name, state: State::Free });
        self.ids.set(id, slot);
        self.wait(slot, Side::Back);
        if has_extra {
            self.set_timer(slot);
        }
        Ok(())
    }

    /// Whether there is room again after a task was refused. True once.
    pub fn take_drain(&mut self) -> bool {
        let room = (self.settings.max_queue - self.settings.max_queue / 2).max(1);
        let few = self.slots.len() <= self.most().saturating_sub(room) && self.bytes <= self.settings.max_queued_bytes / 2;
        self.refused && (few || self.slots.len() == 0) && std::mem::take(&mut self.refused)
    }

    /// It goes to where it is taken from.
    fn wait(&mut self, slot: u32, side: Side) {
        let known = &self.slots[slot];
        let (submitted, extra) = (known.submitted, known.extra.as_ref());
        let mut spot = Spot { front: self.shared, priority: 0, key: 0, side };
        if let Some(extra) = extra {
            let (own, isolate) = (extra.for_worker, extra.isolate);
            (spot.priority, spot.key) = (extra.priority, extra.key);
            if own != 0 {
                self.queued_own += 1;
                spot.front = self.front_of(own, |worker| &mut worker.own);
            } else if isolate {
                spot.front = self.isolated;
            } else if spot.key != 0 && self.is_bound() {
                let home = self.keys.home(spot.key);
                if self.find(home).is_some_and(|at| self.workers[at].open) {
                    spot.front = self.front_of(home, |worker| &mut worker.bound);
                }
            }
        }
        self.queued += 1;
        let node = self.lanes.push(spot, slot, submitted);
        let known = &mut self.slots[slot];
        known.place = node;
        known.state = State::Waiting;
    }

    /// That of a worker which is there.
    fn front_of(&mut self, worker: WorkerId, which: impl Fn(&mut Worker) -> &mut FrontId) -> FrontId {
        let Some(at) = self.find(worker) else { return self.shared };
        let front = which(&mut self.workers[at]);
        if *front == NONE {
            *front = self.lanes.add_front();
        }
        *front
    }

    /// Of a task that has not ended.
    pub fn frame(&self, task: TaskId) -> Option<&Frame> {
        Some(&self.slots[self.ids.get(task)?].frame)
    }

    /// Takes it off the book. Its place in the queue or with a worker is gone by now.
    fn release(&mut self, slot: u32) -> Slot {
        self.clear_timer(slot);
        let slot = self.slots.take(slot);
        self.ids.remove(slot.id);
        self.keys.leave(slot.key());
        self.bytes -= slot.size as usize;
        slot
    }

    fn is_bound(&self) -> bool {
        self.settings.balancing == Balancing::Affinity
    }

    fn concurrency(&self) -> usize {
        self.settings.concurrent_tasks as usize
    }

    #[inline]
    fn find(&self, worker: WorkerId) -> Option<usize> {
        self.workers.binary_search_by_key(&worker, |known| known.id).ok()
    }

    /// It may get tasks from now on.
    pub fn worker_up(&mut self, worker: WorkerId, weight: f64, foreign: bool, now: Instant) {
        let Err(place) = self.workers.binary_search_by_key(&worker, |known| known.id) else { return self.set_open(worker, true) };
        let mut new = Worker::new(worker, weight, foreign, self.clock.at(now));
        // Who comes later has no more to catch up with than the others.
        new.share = self.workers.iter().map(|known| known.share).reduce(f64::min).unwrap_or(0.0);
        // Of keys it may take over those of one that is gone.
        new.keys = self.workers.iter().map(|known| known.keys).min().unwrap_or(0).saturating_sub(CATCH_UP);
        self.workers.insert(place, new);
    }

    /// One that is not open gets nothing new, but for what is for it alone.
    pub fn set_open(&mut self, worker: WorkerId, open: bool) {
        let Some(at) = self.find(worker) else { return };
        self.workers[at].open = open;
        if !open {
            self.unbind(at);
        }
    }

    /// What is bound to it goes to any.
    fn unbind(&mut self, at: usize) {
        let front = std::mem::replace(&mut self.workers[at].bound, NONE);
        if front != NONE {
            self.lanes.move_all(front, self.shared);
            self.lanes.remove_front(front);
        }
    }

    /// So many tasks in its life; then it is spent.
    pub fn set_quota(&mut self, worker: WorkerId, tasks: u64) {
        if let Some(at) = self.find(worker) {
            self.workers[at].quota = tasks;
        }
    }

    /// It knows that tasks may be taken back before it has begun them (docs/protocol.md, Pool workers).
    pub fn set_recallable(&mut self, worker: WorkerId) {
        if let Some(at) = self.find(worker) {
            self.workers[at].recallable = true;
        }
    }

    /// Of its event loop: 0 to 1.
    pub fn set_elu(&mut self, worker: WorkerId, utilization: f64) {
        if let Some(at) = self.find(worker) {
            self.workers[at].utilization = utilization.clamp(0.0, 1.0);
        }
    }

    /// What stands in its page. To be told after its answers. Estimates are for all workers: what cannot be is not taken into them.
    pub fn measured(&mut self, worker: WorkerId, finished: u32, busy_us: u64, now: Instant) {
        let at = self.clock.at(now);
        let Some(number) = self.find(worker) else { return };
        let worker = &mut self.workers[number];
        let mut new = Measured { finished, busy_us, done: worker.done, at, before: (0, 0) };
        let Some(last) = worker.page else {
            worker.page = Some(new);
            return;
        };
        let count = finished.wrapping_sub(last.finished);
        if count == 0 || worker.unmeasured.is_empty() {
            return;
        }
        new.before = (last.done, last.at);
        worker.page = Some(new);
        // Some of them it has not answered yet, and of others the answer came before it had counted them.
        let (done, since) = last.before;
        let most = worker.done - done + worker.window as u64;
        let busy = busy_us.checked_sub(last.busy_us).filter(|busy| *busy <= at.saturating_sub(since) / 1000 + 1);
        if let Some(busy) = busy.filter(|_| u64::from(count) <= most) {
            let mean = busy as f64 * 1000.0 / f64::from(count);
            match worker.unmeasured[..] {
                [(name, count)] => self.estimates.add(name, mean, count),
                _ => self.estimates.add_mixed(&worker.unmeasured, mean),
            }
        }
        worker.unmeasured.clear();
    }

    /// Neither answered nor ended.
    pub fn pending(&self) -> usize {
        self.slots.len() + self.stillborn.len()
    }

    pub fn load(&self, now: Instant) -> Load {
        let fronts = self.workers.iter().map(|worker| worker.bound).filter(|front| *front != NONE);
        let oldest = fronts.chain([self.shared, self.isolated]).filter_map(|front| self.lanes.oldest(front)).min();
        let waiting: usize = self.workers.iter().map(|worker| worker.waiting).sum();
        Load {
            queued: self.queued - self.queued_own,
            queued_isolated: self.lanes.len(self.isolated),
            bytes: self.bytes,
            running: self.workers.iter().map(Worker::running).sum(),
            prefetched: waiting + self.queued_own,
            oldest_wait: oldest.map_or(Duration::ZERO, |oldest| Duration::from_nanos(self.clock.at(now).saturating_sub(oldest))),
            submitted: self.submitted,
            answered: self.answered,
            ended: self.ended,
            spent: self.workers.iter().filter(|worker| worker.open && worker.is_spent()).count(),
            run_time: self.estimates.mean(),
        }
    }

    pub fn worker_load(&self, worker: WorkerId) -> Option<WorkerLoad> {
        let known = &self.workers[self.find(worker)?];
        let own = if known.own == NONE { 0 } else { self.lanes.len(known.own) };
        let window = known.window + own;
        Some(WorkerLoad {
            worker,
            window,
            done: known.done,
            idle_since: (window == 0).then(|| self.clock.instant(known.idle_since)),
            open: known.open,
            spent: known.is_spent(),
        })
    }
}

fn ageing(settings: &Settings) -> Option<u64> {
    settings.ageing.map(|step| u64::try_from(step.as_nanos()).unwrap_or(u64::MAX))
}
