//! What time brings.

use super::Engine;
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
            let Some(worker) = self.worker(id) else { continue };
            let written = worker.written;
            let Some(page) = worker.page.as_ref() else { continue };
            let begun = page.recall(written);
            if begun != written {
                self.dispatcher.recalled(id, begun, now);
            }
        }
    }

    /// Its channel is over, and its process should be.
    pub(super) fn wait_for_exit(&mut self, id: WorkerId, now: Instant) {
        // One that was told to end has what it was given for that.
        self.crew.leaving(id, now + EXIT_WITHIN);
    }

    /// Sets the timer, where it would be late.
    pub(super) fn arm(&mut self, now: Instant) {
        let Some(next) = self.dispatcher.next_deadline().into_iter().chain(self.crew.next_deadline()).min() else { return };
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
