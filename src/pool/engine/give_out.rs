//! From the queue to workers.

use super::Engine;
use crate::ipc::platform::current_cpu;
use crate::pool::crew::Why;
use rustix::io::Errno;
use std::mem;
use std::time::{Duration, Instant};

/// How long what was seen holds.
const SEEN: Duration = Duration::from_micros(200);

impl Engine {
    /// As many as workers take now. Lines for one worker go out with one write.
    pub(super) fn give_out(&mut self, now: Instant) {
        self.see_where_they_run(now);
        while let Some((id, task)) = self.dispatcher.next(now) {
            let Some(at) = self.position(id) else { continue };
            let Some(frame) = self.dispatcher.frame(task) else { continue };
            let worker = &mut self.workers[at];
            worker.written = worker.written.wrapping_add(1);
            match frame.as_line() {
                Some(line) => {
                    if worker.out.is_empty() {
                        self.touched.push(id);
                    }
                    worker.out.extend_from_slice(line);
                }
                None => match worker.write(frame, &self.poll) {
                    Ok(()) => {}
                    // It is gone: the task has not begun, and goes to another.
                    Err(Errno::PIPE | Errno::CONNRESET | Errno::NOTCONN) => {
                        self.dispatcher.set_open(id, false);
                        self.crew.condemn(id, Why::Protocol, now);
                    }
                    // Too long for it, or there are no descriptors left: it is fine otherwise.
                    Err(errno) => {
                        worker.written = worker.written.wrapping_sub(1);
                        self.refuse(id, task, errno, now);
                    }
                },
            }
        }
        self.flush();
    }

    /// Seldom: to look at all of them takes longer than to give out a task.
    fn see_where_they_run(&mut self, now: Instant) {
        if self.dispatcher.pending() == 0 || self.seen_at.is_some_and(|seen| now.saturating_duration_since(seen) < SEEN) {
            return;
        }
        self.seen_at = Some(now);
        let here = current_cpu();
        for worker in &self.workers {
            let cpu = worker.line.as_ref().and_then(|line| line.wire.transport.peer_cpu());
            self.dispatcher.set_elsewhere(worker.id, cpu.is_some_and(|cpu| cpu != here));
        }
    }

    pub(super) fn flush(&mut self) {
        for id in mem::take(&mut self.touched) {
            if let Some(at) = self.position(id) {
                self.workers[at].flush(&self.poll);
            }
        }
    }
}
