//! How tasks end.

use super::book::{Flight, Slot, State, NEVER};
use super::estimate::UNKNOWN;
use super::outcome::{Abort, Answered, Ended, What};
use super::worker::GivenUp;
use super::Dispatcher;
use crate::pool::queue::NONE;
use crate::pool::task::{TaskId, WorkerId};
use std::time::{Duration, Instant};

impl Dispatcher {
    pub fn answered(&mut self, worker: WorkerId, task: TaskId, now: Instant) -> Answered {
        let Some(number) = self.find(worker) else { return Answered::Unknown };
        let at = self.clock.at(now);
        let slot = self.ids.get(task).filter(|_| self.is_with(worker, task));
        let Some(slot) = slot else { return self.answered_stray(number, task, at) };
        let flight = self.land(number, self.slots[slot].place, at);
        let slot = self.release(slot);
        self.answered += 1;
        self.workers[number].done += 1;
        let begun = flight.begun.min(at);
        if self.workers[number].page.is_some() {
            self.workers[number].note_unmeasured(slot.name);
        } else {
            let together = self.concurrency().min(self.workers[number].running() + 1);
            self.estimates.add(slot.name, (at - begun) as f64 / together as f64, 1);
        }
        self.estimates.ran(at - begun);
        // Of answers that come together only the first took the time.
        let ran = match flight.estimate {
            estimate if begun == at && estimate != UNKNOWN => u64::from(estimate).min(at - slot.submitted.min(at)),
            _ => at - begun,
        };
        Answered::Deliver {
            waited: Duration::from_nanos((at - ran).saturating_sub(slot.submitted)),
            ran: Duration::from_nanos(ran),
            attempts: slot.attempts() + 1,
        }
    }

    /// Whether this worker has a task which somebody waits for.
    pub fn is_with(&self, worker: WorkerId, task: TaskId) -> bool {
        self.ids.get(task).is_some_and(|slot| {
            let slot = &self.slots[slot];
            slot.state == State::Written && self.flights[slot.place].worker == worker
        })
    }

    fn answered_stray(&mut self, number: usize, task: TaskId, at: u64) -> Answered {
        let worker = &mut self.workers[number];
        if let Some(place) = worker.given_up.iter().position(|stray| stray.id == task) {
            let stray = worker.given_up.swap_remove(place);
            worker.done += 1;
            self.land(number, stray.flight, at);
            return Answered::Late;
        }
        if let Some(place) = worker.ghosts.iter().position(|ghost| *ghost == task) {
            worker.ghosts.swap_remove(place);
            return Answered::Recalled;
        }
        Answered::Unknown
    }

    /// The worker has it no more, and goes on.
    pub(super) fn land(&mut self, number: usize, flight: u32, at: u64) -> Flight {
        let worker = &mut self.workers[number];
        let flight = worker.remove(&mut self.flights, flight);
        worker.progress = at;
        if worker.window == 0 {
            worker.idle_since = at;
        }
        self.promote(number, at);
        flight
    }

    /// `what`: Aborted or Timeout.
    pub fn abort(&mut self, task: TaskId, what: What, now: Instant) -> Abort {
        let Some(slot) = self.ids.get(task) else { return Abort::Unknown };
        match self.end(slot, what, self.clock.at(now)) {
            (ended, None) => Abort::Ended(ended),
            (ended, Some(worker)) => Abort::Tell(worker, ended),
        }
    }

    /// All tasks end, or those that wait, but for those that can do so nowhere else than at their own worker.
    pub fn end_all(&mut self, what: What, waiting_only: bool, now: Instant) -> Vec<Ended> {
        let at = self.clock.at(now);
        let slots: Vec<u32> = self.ids.iter().map(|(_, slot)| slot).collect();
        let concerned = slots.into_iter().filter(|slot| {
            let slot = &self.slots[*slot];
            !waiting_only || slot.state == State::Waiting && slot.for_worker() == 0
        });
        let concerned: Vec<u32> = concerned.collect();
        let mut ended: Vec<Ended> = concerned.into_iter().map(|slot| self.end(slot, what, at).0).collect();
        ended.append(&mut self.stillborn);
        ended
    }

    /// Whatever it is at. The worker that is to be told, where one has it: it has time until its grace is over.
    pub(super) fn end(&mut self, slot: u32, what: What, at: u64) -> (Ended, Option<WorkerId>) {
        let Slot { id, place, state, .. } = self.slots[slot];
        if state != State::Written {
            self.unqueue(slot);
            return (self.close(slot, what, 0, None, at), None);
        }
        self.flights[place].slot = NONE;
        let Flight { worker, waiting, begun, .. } = self.flights[place];
        let until = if waiting { NEVER } else { at.saturating_add(self.grace()) };
        if let Some(number) = self.find(worker) {
            self.workers[number].given_up.push(GivenUp { id, flight: place, until });
        }
        let begun = Some(begun).filter(|_| !waiting);
        (self.close(slot, what, worker, begun, at), Some(worker))
    }

    /// It waits no more.
    fn unqueue(&mut self, slot: u32) {
        self.lanes.remove(self.slots[slot].place);
        self.queued -= 1;
        if self.slots[slot].for_worker() != 0 {
            self.queued_own -= 1;
        }
    }

    /// Off the book. `begun`: when `worker` began it, where it did.
    pub(super) fn close(&mut self, slot: u32, what: What, worker: WorkerId, begun: Option<u64>, at: u64) -> Ended {
        let slot = self.release(slot);
        self.ended += 1;
        let last = slot.extra.as_ref().map_or(0, |extra| extra.last_worker);
        let start = begun.map_or(at, |begun| begun.min(at));
        Ended {
            task: slot.id,
            what,
            worker: if begun.is_some() { worker } else { last },
            waited: Duration::from_nanos(start.saturating_sub(slot.submitted)),
            ran: Duration::from_nanos(at - start),
            attempts: slot.attempts() + u32::from(begun.is_some()),
        }
    }

    pub(super) fn grace(&self) -> u64 {
        u64::try_from(self.settings.abort_grace.as_nanos()).unwrap_or(NEVER)
    }
}
