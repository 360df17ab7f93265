//! Who gets what.

use super::book::{Flight, State, NEVER};
use super::estimate::UNKNOWN;
use super::gather::Gather;
use super::worker::Worker;
use super::Dispatcher;
use crate::pool::queue::{FrontId, Rank, NONE};
use crate::pool::settings::{Balancing, Prefetch};
use crate::pool::task::{TaskId, WorkerId};
use std::time::Instant;

/// Nanoseconds of work that wait at a worker which does not wait for us.
const AHEAD: u64 = 1_000_000;
/// A single task may be longer: a worker that runs one of a millisecond should find the next one there.
const ALONE: u64 = 2_000_000;
/// Nothing is put behind what is likely to run so long.
const LONG: u64 = 4_000_000;
/// So many at most, whatever is measured.
pub(super) const MOST: usize = 64;
/// A worker that has answered nothing for so long is not where it was thought to be.
pub const STALL: u64 = 2_000_000;

/// A worker, and the front that it is to be given something of.
type Choice = (usize, FrontId);

impl Dispatcher {
    /// The next task that can be written to a worker, which has it from now on. To be called until there is none.
    pub fn next(&mut self, now: Instant) -> Option<(WorkerId, TaskId)> {
        if self.queued == 0 {
            self.waits_until = NEVER;
            return None;
        }
        let at = self.clock.at(now);
        self.waits_until = NEVER;
        let (worker, front) = self.choose_own().or_else(|| self.choose(at))?;
        let slot = self.lanes.pop(front)?;
        self.queued -= 1;
        if self.slots[slot].for_worker() != 0 {
            self.queued_own -= 1;
        }
        if front == self.isolated {
            // It gets nothing else.
            self.workers[worker].quota = 1;
        }
        if front == self.shared && self.is_bound() {
            self.bind(self.slots[slot].key(), worker);
        }
        Some((self.workers[worker].id, self.fly(slot, worker, at)))
    }

    /// What is for one worker alone goes first: there is little of it, and nobody else can do it.
    fn choose_own(&self) -> Option<Choice> {
        if self.queued_own == 0 {
            return None;
        }
        let mut workers = self.workers.iter().enumerate();
        workers.find_map(|(at, worker)| {
            let (_, slot, _) = self.lanes.peek(Some(worker.own).filter(|front| *front != NONE)?)?;
            let able = worker.window < self.concurrency() && worker.ghosts.is_empty() && !worker.condemned;
            (able && !worker.has_stray(self.slots[slot].id)).then_some((at, worker.own))
        })
    }

    fn choose(&mut self, at: u64) -> Option<Choice> {
        let mut best: Option<(Rank, Choice)> = self.choose_isolated().map(|(rank, worker)| (rank, (worker, self.isolated)));
        if self.is_bound() {
            for (number, worker) in self.workers.iter().enumerate().filter(|(_, worker)| worker.bound != NONE) {
                let Some((rank, slot, _)) = self.lanes.peek(worker.bound) else { continue };
                if best.is_none_or(|(other, _)| rank < other) && self.fits(worker, slot, at) {
                    best = Some((rank, (number, worker.bound)));
                }
            }
        }
        if let Some((rank, slot, _)) = self.lanes.peek(self.shared) {
            if best.is_none_or(|(other, _)| rank <= other) {
                if let Some(worker) = self.pick(slot, at) {
                    return Some((worker, self.shared));
                }
            }
        }
        best.map(|(_, choice)| choice)
    }

    /// A worker that has run nothing. Where others can do the rest, nobody else gets it, however long they wait.
    fn choose_isolated(&self) -> Option<(Rank, usize)> {
        let (rank, ..) = self.lanes.peek(self.isolated)?;
        let fresh = self.workers.iter().position(|worker| worker.is_willing() && worker.given == 0)?;
        let others = self.workers.iter().any(|worker| worker.is_willing() && worker.given > 0);
        Some((if others { (i64::MIN, 0) } else { rank }, fresh))
    }

    fn fits(&self, worker: &Worker, slot: u32, at: u64) -> bool {
        let slot = &self.slots[slot];
        let able = worker.window < self.concurrency() || self.is_ahead_welcome(worker, self.estimates.of(slot.name), at);
        able && worker.is_willing() && !worker.has_stray(slot.id)
    }

    /// The best of those that have nothing better to do; where there is none, of those that will be soon.
    fn pick(&mut self, slot: u32, at: u64) -> Option<usize> {
        let slot = &self.slots[slot];
        let estimate = self.estimates.of(slot.name);
        match self.gather(slot.id, estimate, at) {
            Gather::To(worker) => return Some(worker),
            Gather::Wait { until } => {
                self.waits_until = until;
                return None;
            }
            Gather::ToAny => {}
        }
        let (mut free, mut ahead) = (None::<(u64, usize)>, None::<(u64, usize)>);
        for (number, worker) in self.workers.iter().enumerate() {
            if !worker.is_willing() || worker.has_stray(slot.id) {
                continue;
            }
            if worker.window < self.concurrency() {
                let score = self.score(worker);
                if free.is_none_or(|(other, _)| score < other) {
                    free = Some((score, number));
                }
            } else if free.is_none() && self.is_ahead_welcome(worker, estimate, at) {
                let score = worker.waiting_ns + worker.waiting as u64;
                if ahead.is_none_or(|(other, _)| score < other) {
                    ahead = Some((score, number));
                }
            }
        }
        free.or(ahead).map(|(_, number)| number)
    }

    /// The least is the best, and the first among equals: those that are not needed get nothing, and can go.
    fn score(&self, worker: &Worker) -> u64 {
        match self.settings.balancing {
            Balancing::LeastBusy => worker.window as u64,
            Balancing::Affinity => {
                let bound = if worker.bound == NONE { 0 } else { self.lanes.len(worker.bound) };
                // Keys stay: who has few of them gets the next one.
                ((worker.window + bound) as u64) << 32 | u64::from(worker.keys)
            }
            Balancing::RoundRobin => worker.chosen,
            // What was measured does not know what it got since.
            Balancing::LeastElu => ((worker.utilization + worker.window as f64 / self.concurrency() as f64) * 10_000.0) as u64,
            // Numbers that are not negative are in the order of their bits.
            Balancing::Weighted => worker.share.to_bits(),
        }
    }

    /// Whether one more should be written to a worker that has enough to run.
    fn is_ahead_welcome(&self, worker: &Worker, estimate: u32, at: u64) -> bool {
        if worker.foreign {
            return false;
        }
        match self.settings.prefetch {
            Prefetch::Tasks(count) => worker.waiting < count as usize,
            Prefetch::Auto => {
                let fits = worker.waiting_ns + u64::from(estimate) <= AHEAD || worker.waiting == 0 && u64::from(estimate) <= ALONE;
                let stall = at.saturating_sub(worker.progress);
                estimate != UNKNOWN
                    && worker.waiting < MOST
                    && fits
                    && worker.running_ns <= LONG.saturating_mul(u64::from(self.settings.concurrent_tasks))
                    && stall <= STALL + 4 * worker.running_ns
            }
        }
    }

    /// Tasks of this key belong to this worker.
    fn bind(&mut self, key: u32, worker: usize) {
        if key == 0 {
            return;
        }
        let id = self.workers[worker].id;
        self.workers[worker].keys = self.workers[worker].keys.saturating_add(1);
        self.keys.set_home(key, id);
        let front = self.front_of(id, |worker| &mut worker.bound);
        self.lanes.move_key(key, self.shared, front);
    }

    fn fly(&mut self, slot: u32, number: usize, at: u64) -> TaskId {
        let known = &self.slots[slot];
        let (id, estimate) = (known.id, self.estimates.of(known.name));
        let concurrency = self.concurrency();
        let worker = &mut self.workers[number];
        let flight = Flight { id, slot, worker: worker.id, number: worker.number, estimate, begun: NEVER, ..Flight::default() };
        let flight = self.flights.add(flight);
        worker.number = worker.number.wrapping_add(1);
        worker.given += 1;
        worker.share += 1.0 / worker.weight;
        self.choices += 1;
        worker.chosen = self.choices;
        if worker.window == 0 {
            worker.progress = at;
        }
        worker.push(&mut self.flights, flight, concurrency);
        let known = &mut self.slots[slot];
        known.place = flight;
        known.state = State::Written;
        if !self.flights[flight].waiting {
            self.begin(flight, at);
        }
        id
    }

    /// The worker can have begun it by now.
    pub(super) fn begin(&mut self, flight: u32, at: u64) {
        let Flight { slot, worker, .. } = self.flights[flight];
        self.flights[flight].begun = at;
        if slot != NONE {
            if self.slots[slot].extra.is_some() {
                self.set_timer(slot);
            }
            return;
        }
        let until = at.saturating_add(self.grace());
        let Some(worker) = self.find(worker) else { return };
        let strays = self.workers[worker].given_up.iter_mut();
        strays.filter(|stray| stray.flight == flight).for_each(|stray| stray.until = until);
    }

    /// Those that the worker can begin by now.
    pub(super) fn promote(&mut self, worker: usize, at: u64) {
        let concurrency = self.concurrency();
        while let Some(flight) = self.workers[worker].promote(&mut self.flights, concurrency) {
            self.begin(flight, at);
        }
    }
}
