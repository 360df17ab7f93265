//! Tiny tasks go to one worker, and not each to another.
//!
//! A task of a few microseconds is done before the next one is handed out here: one worker has time for all of them, as long as it has a CPU to
//! itself. To wake another takes longer than to wait for this one; and where CPUs are few, the other would take ours.

use super::give::MOST;
use super::worker::Worker;
use super::Dispatcher;
use crate::pool::settings::{Balancing, Prefetch};
use crate::pool::task::{TaskId, WorkerId};

/// Nanoseconds of what is tiny.
const TINY: u32 = 5_000;
/// Of what takes a worker less than it takes to hand it out: one never falls behind, however many there are.
const NEXT_TO_NOTHING: u32 = TINY / 2;
/// A worker that has answered nothing for so long may have come to something else.
const LATELY: u64 = 200_000;

impl Dispatcher {
    /// Whether it was seen last on another CPU than the one that tasks are handed out on.
    pub fn set_elsewhere(&mut self, worker: WorkerId, elsewhere: bool) {
        if let Some(at) = self.find(worker) {
            self.workers[at].elsewhere = elsewhere;
        }
    }

    /// Where a task goes that is tiny.
    pub(super) fn gather(&self, task: TaskId, estimate: u32, at: u64) -> Gather {
        // Where many run at once, they wait for something else than their worker.
        if estimate > TINY || self.settings.balancing != Balancing::LeastBusy || self.concurrency() > 1 {
            return Gather::ToAny;
        }
        let most = match self.settings.prefetch {
            Prefetch::Auto => MOST,
            Prefetch::Tasks(count) => count as usize + 1,
        };
        let able = |worker: &Worker| !worker.foreign && worker.is_willing() && !worker.has_stray(task);
        let ranks = self.workers.iter().enumerate().filter(|(_, worker)| able(worker)).filter_map(|(place, worker)| {
            let choice = match (is_brisk(worker, at), worker.elsewhere) {
                (true, true) if worker.window < most => (0, Gather::To(place)),
                // It has done those before another is awake.
                (true, true) if most == 1 || estimate <= NEXT_TO_NOTHING => (1, Gather::Wait { until: worker.progress + LATELY + 1 }),
                // It will have a CPU to itself.
                (false, true) if worker.window == 0 => (2, Gather::To(place)),
                (true, false) if worker.window < most => (3, Gather::To(place)),
                _ => return None,
            };
            Some(choice)
        });
        ranks.min_by_key(|(rank, _)| *rank).map_or(Gather::ToAny, |(_, choice)| choice)
    }
}

/// Where a task goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gather {
    /// To that worker, by its place.
    To(usize),
    /// To nobody for now. What is to be thought of again then, if nothing happens before.
    Wait { until: u64 },
    /// To whom others go to.
    ToAny,
}

/// It is awake, at work on nothing but tiny tasks, and has answered the last of them a moment ago.
fn is_brisk(worker: &Worker, at: u64) -> bool {
    let work = worker.running_ns + worker.waiting_ns;
    worker.window > 0 && work <= u64::from(TINY) * worker.window as u64 && at.saturating_sub(worker.progress) <= LATELY
}
