//! What time brings.

use super::book::{State, NEVER};
use super::give::STALL;
use super::outcome::{Expired, What};
use super::worker::Worker;
use super::Dispatcher;
use crate::pool::queue::NONE;
use crate::pool::task::WorkerId;
use std::time::Instant;

/// Nanoseconds without an answer, until what waits at a worker is taken back although nobody is free: it is not where it was thought to be.
const STUCK: u64 = 10_000_000;

impl Dispatcher {
    /// When [`Dispatcher::expire`], [`Dispatcher::recall_due`] or [`Dispatcher::next`] has something to say.
    pub fn next_deadline(&self) -> Option<Instant> {
        let mut next = self.timers.first().map_or(NEVER, |(at, _)| at).min(self.waits_until);
        if !self.stillborn.is_empty() {
            next = 0;
        }
        for (number, worker) in self.workers.iter().enumerate() {
            next = next.min(worker.overdue()).min(self.recall_at(number, worker));
        }
        (next != NEVER).then(|| self.clock.instant(next))
    }

    pub fn expire(&mut self, now: Instant) -> Vec<Expired> {
        let mut expired: Vec<Expired> = self.stillborn.drain(..).map(Expired::Ended).collect();
        let at = self.clock.at(now);
        while let Some((_, slot)) = self.timers.first().filter(|(due, _)| *due <= at) {
            let (limit, end_by) = self.limits(slot);
            let what = match self.is_started(slot) {
                _ if end_by <= limit => What::Deadline,
                true => What::Timeout,
                false => What::QueueTimeout,
            };
            expired.push(match self.end(slot, what, at) {
                (ended, None) => Expired::Ended(ended),
                (ended, Some(worker)) => Expired::Tell(worker, ended),
            });
        }
        for worker in self.workers.iter_mut().filter(|worker| worker.overdue() <= at) {
            worker.condemned = true;
            expired.push(Expired::EndWorker(worker.id));
        }
        expired
    }

    /// A worker that should not begin what it has not begun: it is stuck, and others are not. Whoever asks takes the tasks back and says so by
    /// [`Dispatcher::recalled`].
    pub fn recall_due(&mut self, now: Instant) -> Option<WorkerId> {
        let at = self.clock.at(now);
        let due = |(number, worker): &(usize, &Worker)| self.recall_at(*number, worker) <= at;
        let (number, _) = self.workers.iter().enumerate().find(due)?;
        self.workers[number].recall_asked = at;
        Some(self.workers[number].id)
    }

    fn recall_at(&self, number: usize, worker: &Worker) -> u64 {
        if worker.waiting == 0 || !worker.recallable || !worker.ghosts.is_empty() || worker.condemned {
            return NEVER;
        }
        let mut others = self.workers.iter().enumerate().filter(|(other, worker)| *other != number && worker.is_willing()).peekable();
        if others.peek().is_none() {
            return NEVER;
        }
        let free = others.any(|(_, other)| other.window < self.concurrency());
        let patience = if free { STALL } else { STUCK };
        // Who was asked for it in vain is not asked again at once.
        (worker.progress + patience.max(4 * worker.running_ns.min(STUCK)))
            .max(worker.recall_asked + STUCK * u64::from(worker.recall_asked > 0))
    }

    fn is_started(&self, slot: u32) -> bool {
        let slot = &self.slots[slot];
        slot.state == State::Written && !self.flights[slot.place].waiting
    }

    /// When it is to be over, or to be begun, by what it is at; and when it is to be over in any case.
    fn limits(&self, slot: u32) -> (u64, u64) {
        let known = &self.slots[slot];
        let Some(extra) = known.extra.as_deref() else { return (NEVER, NEVER) };
        let limit = if self.is_started(slot) { self.flights[known.place].begun.saturating_add(extra.timeout) } else { extra.start_by };
        (limit, extra.end_by)
    }

    /// To be called when the state of a task that has `extra` has changed.
    pub(super) fn set_timer(&mut self, slot: u32) {
        let (limit, end_by) = self.limits(slot);
        let Some(extra) = self.slots[slot].extra.as_deref() else { return };
        let due = limit.min(end_by);
        let timer = extra.timer;
        let slots = &mut self.slots;
        let mut place = |slot: u32, place: u32| slots[slot].extra().timer = place;
        match (timer, due) {
            (NONE, NEVER) => {}
            (NONE, due) => self.timers.push(due, slot, &mut place),
            (_, NEVER) => self.clear_timer(slot),
            (timer, due) => self.timers.update(timer, due, &mut place),
        }
    }

    pub(super) fn clear_timer(&mut self, slot: u32) {
        let Some(extra) = self.slots[slot].extra.as_deref_mut() else { return };
        let timer = std::mem::replace(&mut extra.timer, NONE);
        if timer != NONE {
            let slots = &mut self.slots;
            self.timers.remove(timer, &mut |slot, place| slots[slot].extra().timer = place);
        }
    }
}
