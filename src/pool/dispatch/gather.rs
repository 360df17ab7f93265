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
/// A worker that has answered nothing for so long may have come to something else.
const LATELY: u64 = 200_000;

impl Dispatcher {
    /// Whether it was seen last on another CPU than the one that tasks are handed out on.
    pub fn set_elsewhere(&mut self, worker: WorkerId, elsewhere: bool) {
        if let Some(at) = self.find(worker) {
            self.workers[at].elsewhere = elsewhere;
        }
    }

    /// The worker for a tiny task, by its place; None: it is not tiny, or goes to whom others go to.
    pub(super) fn gather(&self, task: TaskId, estimate: u32, at: u64) -> Option<usize> {
        let is_asked_to_spread = self.settings.balancing != Balancing::LeastBusy || self.settings.prefetch != Prefetch::Auto;
        // Where many run at once, they wait for something else than their worker.
        if estimate > TINY || is_asked_to_spread || self.concurrency() > 1 {
            return None;
        }
        let able = |worker: &Worker| !worker.foreign && worker.is_willing() && !worker.has_stray(task);
        let ranks = self.workers.iter().enumerate().filter(|(_, worker)| able(worker)).filter_map(|(place, worker)| {
            let rank = match (is_brisk(worker, at), worker.elsewhere) {
                (true, true) => 0,
                // It will have a CPU to itself.
                (false, true) if worker.window == 0 => 1,
                (true, false) => 2,
                _ => return None,
            };
            Some((rank, place))
        });
        ranks.min().map(|(_, place)| place)
    }
}

/// It is awake, at work on nothing but tiny tasks, and has answered the last of them a moment ago.
fn is_brisk(worker: &Worker, at: u64) -> bool {
    let work = worker.running_ns + worker.waiting_ns;
    (1..MOST).contains(&worker.window) && work <= u64::from(TINY) * worker.window as u64 && at.saturating_sub(worker.progress) <= LATELY
}
