//! What is to be done now.

use super::recycle::{at_once, LOOK};
use super::{scale, Action, Crew, Failure, Note, Phase, State, Why, Worker, PROVEN};
use crate::pool::dispatch::{Load, WorkerLoad};
use crate::pool::machine::{may_start, Limits, Scarce, Surroundings};
use std::time::{Duration, Instant};

/// A start that takes longer than this waits for something else than a CPU, and others need not wait for it.
const BOOTING: Duration = Duration::from_millis(250);
/// When the machine is looked at again after it was found to be short of something.
const SCARCE: Duration = Duration::from_millis(200);

/// How many there are in which state.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    starting: usize,
    spare: usize,
    open: usize,
    /// Of these, those that have nothing to do, and those that have done nothing yet.
    idle: usize,
    fresh: usize,
    /// They still have tasks.
    draining: usize,
    /// Of these, those that nobody is to take the place of before they have gone.
    parting: usize,
    ending: usize,
}

impl Count {
    /// Those that run tasks, or will.
    fn coming(&self) -> usize {
        self.starting + self.spare + self.open
    }
}

impl Crew {
    /// `loads`: of the workers that are open or drain.
    pub fn decide(&mut self, now: Instant, load: &Load, loads: &[WorkerLoad], around: &mut dyn Surroundings) -> Vec<Action> {
        let mut actions = Vec::new();
        self.deadline = None;
        self.last_queued = load.queued;
        self.look_at(loads, now);
        self.find_overdue(now);
        actions.extend(self.notes.drain(..).map(Action::Note));
        self.kill(now, &mut actions);
        let pending = load.queued + load.running + load.prefetched;
        match self.phase {
            Phase::Destroying(grace) => self.end_all(grace, now, &mut actions),
            Phase::Closing if pending == 0 => self.end_all(self.settings.teardown_timeout, now, &mut actions),
            _ => {
                let mut load = *load;
                self.reject(&mut load, now, &mut actions);
                self.end_spent(&mut actions);
                let ahead = self.recycle(now, &mut actions);
                self.shrink(now, &mut actions);
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

    fn find_overdue(&mut self, now: Instant) {
        for at in 0..self.workers.len() {
            let worker = &self.workers[at];
            let id = worker.id;
            match worker.state {
                State::Starting if is_over(worker.begun, self.settings.start_timeout, now) => {
                    self.fail(id, Failure::Timeout, Why::StartTimeout, now);
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
                let why = worker.why.unwrap_or(Why::Shutdown);
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

    fn end(&mut self, at: usize, why: Why, grace: Duration, now: Instant, actions: &mut Vec<Action>) {
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

    fn drain(worker: &mut Worker, why: Why, actions: &mut Vec<Action>) {
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

    /// They may have no more tasks.
    fn end_spent(&mut self, actions: &mut Vec<Action>) {
        for worker in self.workers.iter_mut().filter(|worker| worker.state == State::Open && worker.spent) {
            let why = if worker.life.quota > 1 && worker.given() >= worker.life.quota { Why::Tasks } else { Why::Isolated };
            Self::drain(worker, why, actions);
        }
    }

    /// Who has lived for long enough goes when there is another one for its place. Returned: how many are to be started for that.
    fn recycle(&mut self, now: Instant, actions: &mut Vec<Action>) -> usize {
        for at in 0..self.workers.len() {
            let worker = &self.workers[at];
            if let (State::Spare, Some(why)) = (worker.state, worker.life.is_over(worker.sample.rss, now)) {
                self.end(at, why, self.settings.teardown_timeout, now, actions);
            }
        }
        let count = self.count();
        let under_way = self.workers.iter().filter(|worker| worker.state == State::Draining && is_recycled(worker)).count();
        let mut left = at_once(count.open + under_way).saturating_sub(under_way);
        // Each that drains will have one of the spares.
        let mut spare = count.spare.saturating_sub(under_way);
        let is_full = self.settings.hard_limit.is_some_and(|most| self.workers.len() >= most);
        let mut ahead = 0;
        let mut open = count.open;
        for worker in self.workers.iter_mut().filter(|worker| worker.state == State::Open) {
            if left == 0 {
                break;
            }
            let Some(why) = worker.life.is_over(worker.sample.rss, now) else {
                if worker.life.ends_soon(worker.given()) {
                    left -= 1;
                    ahead += 1;
                }
                continue;
            };
            left -= 1;
            let is_left_over = worker.window == 0 && open > self.settings.min_workers;
            if spare > 0 || is_left_over || is_full {
                spare = spare.saturating_sub(usize::from(!is_left_over));
                open -= 1;
                Self::drain(worker, why, actions);
            } else {
                ahead += 1;
            }
        }
        ahead + under_way
    }

    fn shrink(&mut self, now: Instant, actions: &mut Vec<Action>) {
        let mut open = self.count().open;
        let most = self.settings.max_workers;
        let least = if self.phase == Phase::Running { self.settings.min_workers.min(most) } else { 0 };
        let mut idle: Vec<(Option<Instant>, usize)> = Vec::new();
        if open > least {
            let workers = self.workers.iter().enumerate().filter(|(_, worker)| worker.state == State::Open);
            idle.extend(workers.map(|(at, worker)| (worker.idle_since(), at)));
            // Idle ones first, those that have been so for longest before others, and then those that have most to live for.
            idle.sort_by_key(|(since, at)| (since.is_none(), *since, *at));
        }
        for (since, at) in idle {
            if open > most {
                Self::drain(&mut self.workers[at], Why::Surplus, actions);
            } else if open > least && since.is_some_and(|since| is_over(since, self.settings.idle_timeout, now)) {
                Self::drain(&mut self.workers[at], Why::Idle, actions);
            } else {
                break;
            }
            open -= 1;
        }
        if let (true, Some(timeout)) = (open > least, self.settings.idle_timeout) {
            let idle = self.workers.iter().filter(|worker| worker.state == State::Open).filter_map(Worker::idle_since).min();
            // Those that are busy now become idle later, and nobody tells.
            self.wake(idle.unwrap_or(now).checked_add(timeout));
        }
        let surplus = self.count().coming().saturating_sub(most + self.spares());
        let spares: Vec<usize> = (0..self.workers.len()).filter(|at| self.workers[*at].state == State::Spare).collect();
        for at in spares.into_iter().take(surplus) {
            self.end(at, Why::Surplus, self.settings.teardown_timeout, now, actions);
        }
    }

    /// A task that wants a process which has done nothing yet finds none as long as all places are taken by others.
    fn make_room(&mut self, load: &Load, actions: &mut Vec<Action>) {
        let count = self.count();
        let parting = self.workers.iter().filter(|worker| worker.state == State::Draining).count();
        let free = self.settings.max_workers.saturating_sub(count.open + parting);
        let mut wanted = load.queued_isolated.saturating_sub(count.fresh + parting + free);
        let mut busy = usize::from(parting == 0);
        let mut places: Vec<(usize, usize)> = Vec::new();
        if wanted > 0 {
            let others = self.workers.iter().enumerate().filter(|(_, worker)| worker.state == State::Open && worker.given() > 0);
            places.extend(others.map(|(at, worker)| (worker.window, at)));
            places.sort_unstable();
        }
        for (window, at) in places {
            if wanted == 0 || (window > 0 && busy == 0) {
                break;
            }
            busy -= usize::from(window > 0);
            wanted -= 1;
            Self::drain(&mut self.workers[at], Why::Room, actions);
        }
    }

    fn end_drained(&mut self, now: Instant, actions: &mut Vec<Action>) {
        for at in 0..self.workers.len() {
            let worker = &self.workers[at];
            if worker.state == State::Draining && worker.window == 0 {
                let why = worker.why.unwrap_or(Why::Shutdown);
                self.end(at, why, self.settings.teardown_timeout, now, actions);
            }
        }
    }

    fn grow(&mut self, load: &Load, ahead: usize, now: Instant, around: &mut dyn Surroundings, actions: &mut Vec<Action>) {
        let count = self.count();
        let ordinary = Load { queued: load.queued.saturating_sub(load.queued_isolated), ..*load };
        // What waits while somebody has nothing to do waits for something else than a worker.
        let more = if count.idle > 0 {
            0
        } else {
            scale::wanted(&ordinary, count.open, self.settings.concurrent_tasks, &self.start_time, count.spare > 0)
        };
        let alone = load.queued_isolated.saturating_sub(count.fresh);
        let most = self.settings.max_workers.saturating_sub(count.parting);
        let least = if self.phase == Phase::Running { self.settings.min_workers } else { 0 };
        let target = (count.open + more + alone).max(least).min(most);
        self.open_spares(target, &count, now, actions);
        if count.idle == 0 && count.coming() < most {
            self.wake(scale::look_again(&ordinary, now));
        }
        let spares = if self.phase == Phase::Running { self.spares().max(ahead) } else { 0 };
        let wanted = (target + spares).saturating_sub(count.coming());
        self.start(wanted, now, around, actions);
    }

    fn open_spares(&mut self, target: usize, count: &Count, now: Instant, actions: &mut Vec<Action>) {
        let mut places = self.settings.max_workers.saturating_sub(count.open + count.draining);
        let mut missing = target.saturating_sub(count.open);
        // Those that were started for tasks which others have done by now are there: they may as well be used.
        let mut left_over = if self.phase == Phase::Running { count.spare.saturating_sub(self.spares()) } else { 0 };
        for worker in self.workers.iter_mut().filter(|worker| worker.state == State::Spare) {
            if places == 0 || (missing == 0 && left_over == 0) {
                break;
            }
            places -= 1;
            missing = missing.saturating_sub(1);
            left_over = left_over.saturating_sub(1);
            worker.state = State::Open;
            worker.opened = Some(now);
            actions.push(Action::Open { worker: worker.id, quota: worker.life.quota });
        }
    }

    fn start(&mut self, wanted: usize, now: Instant, around: &mut dyn Surroundings, actions: &mut Vec<Action>) {
        let mut scarce = None;
        for _ in 0..wanted {
            if !self.has_a_place(now) {
                break;
            }
            scarce = self.what_is_scarce(now, around);
            if scarce.is_some() {
                self.wake(Some(now + SCARCE));
                break;
            }
            self.last_id += 1;
            self.restarts.started(now);
            self.totals.started += 1;
            self.workers.push(Worker::new(self.last_id, now));
            actions.push(Action::Start(self.last_id));
        }
        if let (Some(scarce), true) = (scarce, self.scarce != scarce) {
            actions.push(Action::Note(Note::Scarce(scarce)));
        }
        self.scarce = scarce;
    }

    /// Whether one more may be started, as far as it is up to us.
    fn has_a_place(&mut self, now: Instant) -> bool {
        let count = self.count();
        let is_full = self.settings.hard_limit.is_some_and(|most| self.workers.len() >= most);
        // Processes that end must not pile up behind those that do the work. Somebody tells when they have gone.
        if is_full || count.ending > self.settings.max_workers.max(self.cpus) {
            return false;
        }
        if !self.restarts.may_start(now) {
            self.wake(self.restarts.next());
            return false;
        }
        if self.restarts.is_probing() && count.starting > 0 {
            return false;
        }
        let booting = |worker: &&Worker| worker.state == State::Starting && now.saturating_duration_since(worker.begun) < BOOTING;
        let mut booted: Vec<Instant> = self.workers.iter().filter(booting).map(|worker| worker.begun + BOOTING).collect();
        if booted.len() >= self.cpus {
            booted.sort_unstable();
            self.wake(booted.first().copied());
            return false;
        }
        true
    }

    /// One worker there must be, or nothing would ever be done.
    fn what_is_scarce(&self, now: Instant, around: &mut dyn Surroundings) -> Option<Scarce> {
        let limits = Limits { min_memory_per_task: self.settings.min_memory_per_task, max_cpu: self.settings.max_cpu_threshold };
        let count = self.count();
        if limits.is_none() || count.coming() + count.draining == 0 {
            return None;
        }
        let tasks = (count.starting + 1) * self.settings.concurrent_tasks.max(1) as usize;
        may_start(&around.snapshot(now), tasks, &limits).err()
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
                State::Starting => consider(self.settings.start_timeout.and_then(|timeout| worker.begun.checked_add(timeout))),
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
    }

    fn wake(&mut self, at: Option<Instant>) {
        if let Some(at) = at {
            self.deadline = Some(self.deadline.map_or(at, |known| known.min(at)));
        }
    }

    fn spares(&self) -> usize {
        self.settings.spare_workers
    }

    fn count(&self) -> Count {
        let mut count = Count::default();
        for worker in &self.workers {
            match worker.state {
                State::Starting => count.starting += 1,
                State::Spare => count.spare += 1,
                State::Open => {
                    count.open += 1;
                    count.idle += usize::from(worker.window == 0);
                    count.fresh += usize::from(worker.given() == 0);
                }
                State::Draining => {
                    count.draining += usize::from(worker.window > 0);
                    count.parting += usize::from(worker.window > 0 && !is_recycled(worker));
                }
                State::Ending | State::Killed => count.ending += 1,
            }
        }
        count
    }
}

fn is_recycled(worker: &Worker) -> bool {
    worker.why.is_some_and(Why::is_recycling)
}

fn is_over(since: Instant, timeout: Option<Duration>, now: Instant) -> bool {
    timeout.is_some_and(|timeout| now.saturating_duration_since(since) >= timeout)
}
