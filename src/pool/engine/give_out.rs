//! From the queue to workers.

use super::Engine;
use crate::pool::crew::Why;
use rustix::io::Errno;
use std::mem;
use std::time::Instant;

impl Engine {
    /// As many as workers take now. Lines for one worker go out with one write.
    pub(super) fn give_out(&mut self, now: Instant) {
        let mut too_large = Vec::new();
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
                    Err(Errno::MSGSIZE) => too_large.push((id, task)),
                    // It is gone, or there are no descriptors left: either way it has not begun, and goes to another.
                    Err(_) => self.crew.condemn(id, Why::Protocol, now),
                },
            }
        }
        self.flush();
        for (id, task) in too_large {
            self.answer_too_large(id, task, now);
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
