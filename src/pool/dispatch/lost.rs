//! Tasks whose worker has gone, and tasks that are taken back from one.

use super::book::{Flight, Slot, State, NEVER};
use super::outcome::{Ended, What};
use super::Dispatcher;
use crate::pool::queue::{Side, NONE};
use crate::pool::task::{TaskId, WorkerId};
use std::time::Instant;

/// Tasks that a worker has not come to yet.
const FAR: u32 = 1 << 24;

impl Dispatcher {
    /// `begun`: so many of the tasks that were ever written to it; None: all of them. What is returned has ended; the others wait again, where
    /// they are the next to go.
    pub fn worker_gone(&mut self, worker: WorkerId, begun: Option<u32>, what: What, now: Instant) -> Vec<Ended> {
        let Some(number) = self.find(worker) else { return Vec::new() };
        let at = self.clock.at(now);
        self.unbind(number);
        let (mut ended, mut again) = (Vec::new(), Vec::new());
        let mut worker = self.workers.remove(number);
        // It can have begun what it got, and cannot be far behind. If it says otherwise, nothing is known.
        let begun = begun.filter(|begun| worker.number.wrapping_sub(*begun) <= FAR);
        // From the last to the first: each goes before those that are back already.
        while worker.tail() != NONE {
            let Flight { slot, number, begun: since, .. } = worker.remove(&mut self.flights, worker.tail());
            if slot == NONE {
                continue;
            }
            let began = begun.is_none_or(|begun| begun.wrapping_sub(number) as i32 > 0);
            // In the books it may be waiting still: answers of others have not been told.
            let since = began.then(|| since.min(at));
            match self.verdict(slot, worker.id, began, worker.condemned, what) {
                Some(what) => ended.push(self.close(slot, what, worker.id, since, at)),
                None => {
                    if began {
                        self.begun_in_vain(slot, worker.id);
                    }
                    again.push(slot);
                }
            }
        }
        again.into_iter().for_each(|slot| self.wait_again(slot));
        if worker.own != NONE {
            while let Some(slot) = self.lanes.pop(worker.own) {
                self.queued -= 1;
                self.queued_own -= 1;
                ended.push(self.close(slot, what, 0, None, at));
            }
            self.lanes.remove_front(worker.own);
        }
        ended.reverse();
        ended
    }

    /// None: another worker is to do it.
    fn verdict(&mut self, slot: u32, worker: WorkerId, began: bool, innocent: bool, what: What) -> Option<What> {
        let Some(extra) = self.slots[slot].extra.as_deref_mut() else { return began.then_some(what) };
        if extra.for_worker == worker || what == What::Shutdown {
            return Some(what);
        }
        if !began {
            return None;
        }
        // Another task has brought that about.
        extra.deaths += u32::from(!innocent);
        if extra.attempts >= extra.retries {
            return Some(what);
        }
        (extra.deaths >= self.settings.poison_threshold).then_some(What::Poisoned)
    }

    fn begun_in_vain(&mut self, slot: u32, worker: WorkerId) {
        let extra = self.slots[slot].extra();
        extra.attempts += 1;
        extra.last_worker = worker;
        // It was started in time.
        extra.start_by = NEVER;
    }

    fn wait_again(&mut self, slot: u32) {
        self.wait(slot, Side::Front);
        if self.slots[slot].extra.is_some() {
            self.set_timer(slot);
        }
    }

    /// The worker will not begin those of its tasks that were written as number `from` (0: the first ever) or later: they wait again. It answers each
    /// all the same, with anything.
    pub fn recalled(&mut self, worker: WorkerId, from: u32, now: Instant) {
        let Some(number) = self.find(worker) else { return };
        let mut again = Vec::new();
        let worker = &mut self.workers[number];
        while worker.tail() != NONE && self.flights[worker.tail()].number.wrapping_sub(from) as i32 >= 0 {
            let tail = worker.tail();
            let Flight { id, slot, .. } = worker.remove(&mut self.flights, tail);
            worker.ghosts.push(id);
            worker.given -= 1;
            match slot {
                NONE => worker.given_up.retain(|stray| stray.flight != tail),
                slot => again.push(slot),
            }
        }
        if worker.window == 0 {
            worker.idle_since = self.clock.at(now);
        }
        again.into_iter().for_each(|slot| self.wait_again(slot));
    }

    /// A task that [`Dispatcher::next`] gave out could not be written to this worker, and ends: whether it is one. It does not count among those
    /// that the worker got, nor as something that it has done.
    pub fn unwritten(&mut self, worker: WorkerId, task: TaskId, now: Instant) -> bool {
        let (Some(number), Some(slot)) = (self.find(worker), self.ids.get(task)) else { return false };
        let Slot { state, place, .. } = self.slots[slot];
        if state != State::Written || self.flights[place].worker != worker {
            return false;
        }
        let known = &mut self.workers[number];
        known.number = known.number.wrapping_sub(1);
        known.given -= 1;
        // As a rule nothing is behind it.
        let mut behind = self.flights[place].behind;
        while behind != NONE {
            let flight = &mut self.flights[behind];
            flight.number = flight.number.wrapping_sub(1);
            behind = flight.behind;
        }
        self.land(number, place, self.clock.at(now));
        self.release(slot);
        self.ended += 1;
        true
    }
}
