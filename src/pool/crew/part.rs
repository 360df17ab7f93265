//! Workers that go in peace: their work is done, or others do it.

use super::decide::is_over;
use super::recycle::at_once;
use super::{Action, Crew, Phase, State, Why};
use crate::pool::dispatch::Load;
use std::time::Instant;

impl Crew {
    /// They may have no more tasks.
    pub(super) fn end_spent(&mut self, actions: &mut Vec<Action>) {
        for worker in self.workers.iter_mut().filter(|worker| worker.state == State::Open && worker.spent) {
            let why = if worker.life.quota > 1 && worker.given() >= worker.life.quota { Why::Tasks } else { Why::Isolated };
            Self::drain(worker, why, actions);
        }
    }

    /// Who has lived for long enough goes when there is another one for its place. Returned: how many are to be started for that.
    pub(super) fn recycle(&mut self, now: Instant, actions: &mut Vec<Action>) -> usize {
        for at in 0..self.workers.len() {
            let worker = &self.workers[at];
            if let (State::Spare, Some(why)) = (worker.state, worker.life.is_over(worker.sample.rss, now)) {
                self.end(at, why, self.settings.teardown_timeout, now, actions);
            }
        }
        let count = self.count();
        let under_way = self.workers.iter().filter(|worker| worker.state == State::Draining && worker.is_recycled()).count();
        let mut left = at_once(count.open + under_way).saturating_sub(under_way);
        // Each that drains will have one of the spares, and each that is missing anyway.
        let missing = self.least().saturating_sub(count.open + under_way);
        let mut spare = count.spare.saturating_sub(under_way + missing);
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
        ahead
    }

    pub(super) fn shrink(&mut self, ahead: usize, now: Instant, actions: &mut Vec<Action>) {
        let mut open = self.count().open;
        let most = self.settings.max_workers;
        let least = self.least();
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
        let surplus = self.count().coming().saturating_sub(most + self.spares().max(ahead));
        let spares: Vec<usize> = (0..self.workers.len()).filter(|at| self.workers[*at].state == State::Spare).collect();
        for at in spares.into_iter().take(surplus) {
            self.end(at, Why::Surplus, self.settings.teardown_timeout, now, actions);
        }
    }

    /// So many stay though they have nothing to do.
    fn least(&self) -> usize {
        if self.phase == Phase::Running {
            self.settings.min_workers.min(self.settings.max_workers)
        } else {
            0
        }
    }

    /// When the next one may have been idle for long enough.
    pub(super) fn next_idle(&self, now: Instant) -> Option<Instant> {
        let timeout = self.settings.idle_timeout?;
        let open = self.workers.iter().filter(|worker| worker.state == State::Open);
        if open.clone().count() <= self.least() {
            return None;
        }
        // Those that are busy now become idle later, and nobody tells.
        open.filter_map(|worker| worker.idle_since().unwrap_or(now).checked_add(timeout)).min()
    }

    /// A task that wants a process which has done nothing yet finds none as long as all places are taken by others.
    pub(super) fn make_room(&mut self, load: &Load, actions: &mut Vec<Action>) {
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

    pub(super) fn end_drained(&mut self, now: Instant, actions: &mut Vec<Action>) {
        for at in 0..self.workers.len() {
            let worker = &self.workers[at];
            if worker.state == State::Draining && worker.window == 0 {
                let why = worker.why.unwrap_or(Why::Shutdown);
                self.end(at, why, self.settings.teardown_timeout, now, actions);
            }
        }
    }
}
