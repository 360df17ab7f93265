//! What is to be done now.

use super::recycle::LOOK;
use super::{Action, Crew, Failure, Note, Phase, State, Why, Worker, PROVEN};
use crate::pool::dispatch::{Load, WorkerLoad};
use crate::pool::machine::Surroundings;
use std::time::{Duration, Instant};

/// So often a worker that is not up yet is looked at.
pub(super) const EVERY: Duration = Duration::from_secs(1);
/// Who is awakened so much later than he wanted to be could not look before.
const LATE: Duration = Duration::from_millis(100);

impl Crew {
    /// `loads`: of the workers that are open or drain.
    ///
    /// Asked again and again at the same time, it has nothing more to say after a while. Each action takes a worker one step further on its way
    /// from its start to its end, which has no step back; those that are started are still starting then, and a start that has failed allows no
    /// other before a later time (`Restarts`, `starved`). What waits is rejected once: then nothing waits. Samples are due at a later time again, and what
    /// there is to be said is what has happened.
    pub fn decide(&mut self, now: Instant, load: &Load, loads: &[WorkerLoad], around: &mut dyn Surroundings) -> Vec<Action> {
        let mut actions = Vec::new();
        self.excuse(now);
        self.deadline = None;
        self.look_at(loads, now);
        self.find_overdue(now, around);
        actions.extend(self.notes.drain(..).map(Action::Note));
        self.kill(now, &mut actions);
        let pending = load.queued + load.running + load.prefetched;
        self.last_queued = load.queued;
        self.last_answered = load.answered;
        match self.phase {
            Phase::Destroying(grace) => self.end_all(grace, now, &mut actions),
            Phase::Closing if pending == 0 => self.end_all(self.settings.teardown_timeout, now, &mut actions),
            _ => {
                let mut load = *load;
                self.reject(&mut load, now, &mut actions);
                self.last_queued = load.queued;
                self.end_spent(&mut actions);
                let ahead = self.recycle(now, &mut actions);
                self.shrink(ahead, now, &mut actions);
                self.make_room(&load, &mut actions);
                self.end_drained(now, &mut actions);
                self.grow(&load, ahead, now, around, &mut actions);
            }
        }
        self.tell_soft_limit(&mut actions);
        self.ask_for_samples(pending > 0, now, &mut actions);
        self.note_deadlines(now);
        self.is_changed = false;
        self.is_over = self.workers.is_empty() && self.phase != Phase::Running && (pending == 0 || self.phase != Phase::Closing);
        actions
    }

    fn look_at(&mut self, loads: &[WorkerLoad], now: Instant) {
        for load in loads {
            let Some(worker) = self.find(load.worker) else { continue };
            worker.window = load.window;
            worker.done = load.done;
            worker.idle_since = load.idle_since;
            worker.spent = load.spent;
        }
        let mut proved = false;
        for worker in self.workers.iter_mut().filter(|worker| !worker.proven) {
            let lived = worker.up.is_some_and(|up| now.saturating_duration_since(up) >= PROVEN);
            worker.proven = worker.done > 0 || lived;
            proved |= worker.proven;
        }
        if proved {
            self.proved();
        }
    }

    /// A process that was stopped, a machine that was suspended, JavaScript that was blocked: of that time nobody knows what workers had of it, and what
    /// they have said since is heard only now.
    fn excuse(&mut self, now: Instant) {
        let looked = std::mem::replace(&mut self.looked, now);
        let Some(late) = self.deadline.map(|at| now.saturating_duration_since(at.max(looked))).filter(|late| *late > LATE) else { return };
        self.workers.iter_mut().filter(|worker| worker.state == State::Starting).for_each(|worker| worker.excused += late);
    }

    fn find_overdue(&mut self, now: Instant, around: &dyn Surroundings) {
        for at in 0..self.workers.len() {
            let worker = &self.workers[at];
            let id = worker.id;
            match worker.state {
                State::Starting if is_over(worker.counted_from(), self.settings.start_timeout, now) => {
                    self.fail(id, Failure::Timeout, Why::StartTimeout, now);
                }
                State::Starting if worker.end_by.is_some_and(|by| by <= now) => self.fail(id, Failure::Protocol, Why::Protocol, now),
                State::Starting if now >= worker.look_at => {
                    self.workers[at].look_at = now + EVERY;
                    if around.wants_threads(id) {
                        self.lacks_threads(id, now);
                    }
                }
                State::Spare | State::Open | State::Draining
                    if self.settings.unresponsive_timeout.is_some_and(|timeout| worker.heartbeat.is_silent_for(timeout)) =>
                {
                    self.kill_next(id, Why::Unresponsive, now);
                }
                _ => {}
            }
        }
    }

    fn kill(&mut self, now: Instant, actions: &mut Vec<Action>) {
        for worker in self.workers.iter_mut() {
            if worker.state == State::Ending && worker.end_by.is_some_and(|by| by <= now) {
                worker.state = State::Killed;
                // One that has left on its own, and is still there.
                let why = worker.why.unwrap_or(Why::Protocol);
                actions.push(Action::End { worker: worker.id, why, grace: Duration::ZERO });
            }
        }
    }

    fn end_all(&mut self, grace: Duration, now: Instant, actions: &mut Vec<Action>) {
        for at in 0..self.workers.len() {
            // One that is not up has no teardown to do.
            let grace = if self.workers[at].state == State::Starting { Duration::ZERO } else { grace };
            self.end(at, Why::Shutdown, grace, now, actions);
        }
    }

    pub(super) fn end(&mut self, at: usize, why: Why, grace: Duration, now: Instant, actions: &mut Vec<Action>) {
        let worker = &mut self.workers[at];
        if worker.state.is_ending() {
            return;
        }
        let why = *worker.why.get_or_insert(why);
        worker.state = if grace.is_zero() { State::Killed } else { State::Ending };
        worker.end_by = now.checked_add(grace);
        *self.totals.ended.entry(why).or_default() += 1;
        actions.push(Action::End { worker: worker.id, why, grace });
    }

    pub(super) fn drain(worker: &mut Worker, why: Why, actions: &mut Vec<Action>) {
        worker.state = State::Draining;
        worker.why = Some(why);
        actions.push(Action::Drain(worker.id, why));
    }

    /// Tasks that wait need not wait for what will not come.
    fn reject(&mut self, load: &mut Load, now: Instant, actions: &mut Vec<Action>) {
        if self.count().coming() > 0 {
            return;
        }
        let given_up = self.restarts.given_up(now).cloned();
        if let (Some(failure), true) = (self.rejection.take().or(given_up), load.queued > 0) {
            actions.push(Action::Reject(failure));
            load.queued = 0;
            load.queued_isolated = 0;
        }
    }

    fn tell_soft_limit(&mut self, actions: &mut Vec<Action>) {
        let is_above = self.settings.soft_limit.is_some_and(|limit| self.workers.len() >= limit.max(1));
        if is_above && !self.is_above_soft_limit {
            actions.push(Action::Note(Note::SoftLimit(self.workers.len())));
        }
        self.is_above_soft_limit = is_above;
    }

    /// None: nobody needs them.
    pub(super) fn sample_every(&self) -> Option<Duration> {
        let heartbeat = self.settings.unresponsive_timeout.map(|timeout| (timeout / 4).clamp(Duration::from_millis(5), LOOK));
        let memory = self.settings.max_memory_per_worker.map(|_| LOOK);
        heartbeat.into_iter().chain(memory).min()
    }

    /// While there is something to do, and once behind it: who does nothing does not change.
    fn ask_for_samples(&mut self, is_busy: bool, now: Instant, actions: &mut Vec<Action>) {
        let Some(every) = self.sample_every() else { return self.next_sample = None };
        if self.next_sample.is_some_and(|next| next <= now) {
            self.next_sample = None;
            if !self.workers.is_empty() {
                actions.push(Action::Sample);
            }
        }
        if is_busy && self.next_sample.is_none() {
            self.next_sample = Some(now + every);
        }
    }

    fn note_deadlines(&mut self, now: Instant) {
        let mut next = self.next_sample;
        let mut consider = |at: Option<Instant>| {
            if let Some(at) = at {
                next = Some(next.map_or(at, |known| known.min(at)));
            }
        };
        for worker in &self.workers {
            match worker.state {
                State::Starting => {
                    consider(self.settings.start_timeout.and_then(|timeout| worker.counted_from().checked_add(timeout)));
                    consider(worker.end_by);
                    consider(Some(worker.look_at));
                }
                State::Spare | State::Open => {
                    // One whose time is over already waits for another one to be up, and not for time.
                    consider(worker.life.until().filter(|until| *until > now));
                    if self.restarts.is_probing() && !worker.proven {
                        consider(worker.up.map(|up| up + PROVEN));
                    }
                }
                State::Ending => consider(worker.end_by),
                State::Draining | State::Killed => {}
            }
        }
        self.wake(next);
        self.wake(self.next_idle(now));
    }

    pub(super) fn wake(&mut self, at: Option<Instant>) {
        if let Some(at) = at {
            self.deadline = Some(self.deadline.map_or(at, |known| known.min(at)));
        }
    }

    pub(super) fn spares(&self) -> usize {
        self.settings.spare_workers
    }
}

pub(super) fn is_over(since: Instant, timeout: Option<Duration>, now: Instant) -> bool {
    timeout.is_some_and(|timeout| now.saturating_duration_since(since) >= timeout)
}
