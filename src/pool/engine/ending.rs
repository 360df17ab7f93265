//! How tasks end without an answer, and how a pool ends.

use super::Engine;
use crate::ipc::wire::Batch;
use crate::pool::dispatch::{Ended, What};
use crate::pool::notes;
use crate::pool::task::{TaskId, WorkerId};
use crate::process::tree::{lifetime, Until};
use crate::process::ExitStatus;
use rustix::io::Errno;
use serde_json::json;
use std::time::{Duration, Instant};

impl Engine {
    /// `status`: of the process that has ended with it, or could not be started.
    pub(super) fn end_task(&mut self, ended: &Ended, status: Option<ExitStatus>) {
        self.metrics.ended(ended);
        self.outbox.add_ended(&notes::ended(ended, status));
    }

    /// Its frame could not be written to the worker, which knows nothing of it.
    pub(super) fn refuse(&mut self, id: WorkerId, task: TaskId, errno: Errno, now: Instant) {
        if !self.dispatcher.unwritten(id, task, now) {
            return;
        }
        let error = match errno {
            Errno::MSGSIZE => json!({
                "name": "Error",
                "message": "The task is longer than a frame that the worker takes",
                "code": "ERR_PROCS_IPC_TOO_LARGE",
            }),
            errno => {
                json!({ "name": "Error", "message": format!("The task could not be written: {errno}"), "errno": -errno.raw_os_error() })
            }
        };
        self.outbox.add_frames(id, Batch::of_error(task, id << 8, error.to_string().as_bytes()));
    }

    /// Nothing is accepted any more. `drops`: nor is anything begun.
    pub fn close(&mut self, drops: bool, now: Instant) {
        self.is_closing = true;
        if drops {
            for ended in self.dispatcher.end_all(What::Aborted, true, now) {
                self.end_task(&ended, None);
            }
        }
        self.crew.close();
        self.advance(now);
    }

    /// All tasks end now, and all workers.
    pub fn destroy(&mut self, grace: Duration, now: Instant) {
        self.is_closing = true;
        for ended in self.dispatcher.end_all(What::Shutdown, false, now) {
            self.end_task(&ended, None);
        }
        self.crew.destroy(grace, now);
        self.advance(now);
    }

    /// Nobody is there to be told any more. Workers are ended when this returns. So is what they have started, or it is being ended: by a
    /// thread, or where this process ends before that is through, by the keeper.
    pub fn end(&mut self) {
        (self.is_closing, self.is_over) = (true, true);
        self.memory.close();
        let has_keeper = lifetime() == "keeper";
        for worker in &mut self.workers {
            worker.kill(crate::pool::crew::Why::Shutdown);
            worker.close_line(&self.poll);
            worker.drop_lifeline(&self.poll);
        }
        for worker in &mut self.workers {
            match worker.tree.take() {
                Some(tree) if has_keeper => self.trees.end(tree, || {}),
                Some(tree) => drop(tree.signal(libc::SIGKILL, Until::Gone)),
                None => {}
            }
            if let Some(child) = &mut worker.child {
                let _unwatched = self.poll.remove(&*child);
                // Reaped, if it has ended by now; else by the addon's reaper.
                let _ended = child.try_wait();
            }
        }
        self.workers.clear();
        self.outbox.take();
    }

    /// Once, when every process is reaped and nothing of them is left.
    pub(super) fn tell_the_end(&mut self) {
        if !self.is_over && self.crew.is_over() && self.workers.is_empty() && self.trees.is_quiet() && self.pending() == 0 {
            self.is_over = true;
            self.memory.close();
            self.outbox.add_over();
        }
    }
}
