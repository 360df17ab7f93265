//! More workers: spares that are opened, processes that are started.

use super::count::Count;
use super::{scale, Action, Crew, Note, Phase, State, Worker};
use crate::pool::dispatch::Load;
use crate::pool::machine::{may_start, Limits, Scarce, Surroundings};
use std::time::{Duration, Instant};

/// A start that takes longer than this waits for something else than a CPU, and others need not wait for it.
const BOOTING: Duration = Duration::from_millis(250);
/// Unless it does want one: on a busy machine it takes longer. It is looked at again so much later.
const STILL: Duration = Duration::from_millis(100);
/// When the machine is looked at again after it was found to be short of something.
const SCARCE: Duration = Duration::from_millis(200);

impl Crew {
    pub(super) fn grow(&mut self, load: &Load, ahead: usize, now: Instant, around: &mut dyn Surroundings, actions: &mut Vec<Action>) {
        let count = self.count();
        let ordinary = Load { queued: load.queued.saturating_sub(load.queued_isolated), ..*load };
        // What waits while somebody has nothing to do waits for something else than a worker.
        let more = if count.idle > 0 {
            0
        } else {
            scale::wanted(&ordinary, count.open, self.settings.concurrent_tasks, &self.start_time, count.spare > 0)
        };
        let is_full = count.coming() >= self.settings.max_workers;
        let more = more.max(usize::from(self.saturation.look(load, count.idle > 0, is_full, now)));
        self.wake(self.saturation.next());
        let alone = load.queued_isolated.saturating_sub(count.fresh);
        let most = self.settings.max_workers.saturating_sub(count.parting);
        let least = if self.phase == Phase::Running { self.settings.min_workers } else { 0 };
        let target = (count.open + more + alone).max(least).min(most);
        let spares = if self.phase == Phase::Running { self.spares().max(ahead) } else { 0 };
        self.open_spares(target, spares, &count, now, actions);
        let wanted = (target + spares).saturating_sub(count.coming());
        let is_held_up = !self.start(wanted, now, around, actions);
        let count = self.count();
        if !is_held_up && count.idle == 0 && count.coming() < most {
            self.wake(scale::look_again(&ordinary, now));
        }
    }

    fn open_spares(&mut self, target: usize, spares: usize, count: &Count, now: Instant, actions: &mut Vec<Action>) {
        let mut places = self.settings.max_workers.saturating_sub(count.open + count.draining);
        let mut missing = target.saturating_sub(count.open);
        // Those that were started for tasks which others have done by now are there: they may as well be used.
        let mut left_over = if self.phase == Phase::Running { count.spare.saturating_sub(spares) } else { 0 };
        let mut taken: Vec<usize> = Vec::new();
        if places > 0 && count.spare > 0 {
            taken.extend(self.workers.iter().filter(|worker| worker.state == State::Open).map(|worker| worker.place));
        }
        for worker in self.workers.iter_mut().filter(|worker| worker.state == State::Spare) {
            if places == 0 || (missing == 0 && left_over == 0) {
                break;
            }
            places -= 1;
            missing = missing.saturating_sub(1);
            left_over = left_over.saturating_sub(1);
            worker.state = State::Open;
            worker.place = (0..).find(|place| !taken.contains(place)).unwrap_or(0);
            taken.push(worker.place);
            worker.opened = Some(now);
            actions.push(Action::Open { worker: worker.id, quota: worker.life.quota });
        }
    }

    /// false: not as many as are wanted.
    fn start(&mut self, wanted: usize, now: Instant, around: &mut dyn Surroundings, actions: &mut Vec<Action>) -> bool {
        let mut scarce = None;
        let mut started = 0;
        while started < wanted {
            if !self.has_a_place(now, around) {
                break;
            }
            scarce = self.what_is_scarce(now, around);
            if scarce.is_some() {
                let again = self.starved.map(|(_, until)| until).filter(|until| *until > now);
                self.wake(Some(again.unwrap_or(now + SCARCE)));
                break;
            }
            self.last_id += 1;
            self.restarts.started(now);
            self.totals.started += 1;
            self.workers.push(Worker::new(self.last_id, now));
            actions.push(Action::Start(self.last_id));
            started += 1;
        }
        if let (Some(scarce), true) = (scarce, self.scarce != scarce) {
            actions.push(Action::Note(Note::Scarce(scarce)));
        }
        // One that is tried again has not succeeded yet.
        self.scarce = scarce.or(self.starved.map(|(scarce, _)| scarce));
        started == wanted
    }

    /// Whether one more may be started, as far as it is up to us.
    fn has_a_place(&mut self, now: Instant, around: &dyn Surroundings) -> bool {
        let count = self.count();
        let is_full = self.settings.hard_limit.is_some_and(|most| self.workers.len() >= most);
        // Processes that end must not pile up behind those that do the work. Somebody tells when they have gone.
        if is_full || count.ending > self.settings.max_workers.max(self.cpus) || !around.has_listener() {
            return false;
        }
        if !self.restarts.may_start(now) {
            self.wake(self.restarts.next());
            return false;
        }
        if self.restarts.is_probing() && count.starting > 0 {
            return false;
        }
        let starting = self.workers.iter().filter(|worker| worker.state == State::Starting);
        let mut booted: Vec<Instant> = starting.filter_map(|worker| boots_until(worker, now, around)).collect();
        let at_once = self.cpus.saturating_sub(usize::from(self.is_opening)).max(1);
        if booted.len() >= at_once {
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
        if count.coming() + count.draining == 0 {
            return None;
        }
        if let Some((scarce, _)) = self.starved.filter(|(_, until)| *until > now) {
            return Some(scarce);
        }
        if !around.has_descriptors() {
            return Some(Scarce::Descriptors);
        }
        if limits.is_none() {
            return None;
        }
        let tasks = (count.starting + 1) * self.settings.concurrent_tasks.max(1) as usize;
        may_start(&around.snapshot(now), tasks, &limits).err()
    }
}

/// When it need no longer be waited for, or is to be looked at again. None: it is not.
fn boots_until(worker: &Worker, now: Instant, around: &dyn Surroundings) -> Option<Instant> {
    let until = worker.begun + BOOTING;
    if now < until {
        return Some(until);
    }
    around.wants_cpu(worker.id).then(|| now + STILL)
}
