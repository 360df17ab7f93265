//! What time brings.

use super::Engine;
use crate::ipc::slab::{SHORTLY, UNUSED};
use crate::pool::crew::Why;
use crate::pool::dispatch::Expired;
use crate::pool::task::WorkerId;
use std::time::{Duration, Instant};

/// What a worker whose channel is over has until it is ended. To exit takes a process some milliseconds after its descriptors are closed.
const EXIT_WITHIN: Duration = Duration::from_millis(500);
/// What is due sooner than that behind the time that the timer is set to waits for it: to set it is a system call.
const SOON: Duration = Duration::from_micros(500);

impl Engine {
    /// The timer has fired.
    pub(super) fn time(&mut self, now: Instant) {
        self.timer.clear();
        self.armed = None;
        self.expire(now);
        if self.gives_back.is_some_and(|at| at <= now) {
            self.gives_back = self.memory.give_back().then(|| now + SHORTLY);
        }
    }

    pub(super) fn expire(&mut self, now: Instant) {
        if self.dispatcher.next_deadline().is_some_and(|deadline| deadline <= now) {
            for expired in self.dispatcher.expire(now) {
                match expired {
                    Expired::Ended(ended) => self.end_task(&ended, None),
                    Expired::Tell(worker, ended) => {
                        self.end_task(&ended, None);
                        self.give_up(worker, ended.task, Some(TIMED_OUT));
                    }
                    Expired::EndWorker(worker) => self.crew.condemn(worker, Why::Task, now),
                }
            }
            self.flush();
            self.recall(now);
        }
    }

    /// What waits at a worker that takes longer than was thought goes to another.
    fn recall(&mut self, now: Instant) {
        while let Some(id) = self.dispatcher.recall_due(now) {
            self.take_back(id, now);
        }
    }

    /// What it has not begun it will not begin. How many it has, if it is one that says so.
    fn take_back(&mut self, id: WorkerId, now: Instant) -> Option<u32> {
        let worker = self.worker(id).filter(|worker| worker.has_page())?;
        let written = worker.written;
        let begun = worker.page.as_ref()?.recall(written);
        if begun != written {
            self.dispatcher.recalled(id, begun, now);
        }
        Some(begun)
    }

    /// Its channel is over, and its process should be.
    pub(super) fn wait_for_exit(&mut self, id: WorkerId, now: Instant) {
        // Others need not wait until it has gone, or is taken to have.
        let begun = self.take_back(id, now);
        if let Some(worker) = self.worker(id) {
            // Taken back twice, the second time nothing is left to tell.
            worker.begun = worker.begun.or(begun);
        }
        // One that was told to end has what it was given for that.
        self.crew.leaving(id, now + EXIT_WITHIN);
    }

    /// Sets the timer, where it would be late.
    pub(super) fn arm(&mut self, now: Instant) {
        if self.gives_back.is_none() && self.memory.has_slack() {
            self.gives_back = Some(now + UNUSED);
        }
        let deadlines = [self.dispatcher.next_deadline(), self.crew.next_deadline(), self.gives_back];
        let Some(next) = deadlines.into_iter().flatten().min() else { return };
        if self.armed.is_some_and(|armed| armed <= next + SOON) {
            return;
        }
        // It is only refused what cannot be waited for.
        if self.timer.set(next.saturating_duration_since(now)).is_ok() {
            self.armed = Some(next);
        }
    }
}

const TIMED_OUT: &str = r#"{"name":"TimeoutError","message":"The task took too long","code":"ERR_PROCS_TASK_TIMEOUT"}"#;
