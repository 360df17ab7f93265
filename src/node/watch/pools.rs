//! A pool's turn: what workers have said is handed to JavaScript, and what it hands in meanwhile goes out.

use super::Context;
use crate::ipc::wire::Batch;
use crate::node::dispatch::{Event, TooLong};
use crate::node::handle::Seen;
use crate::pool::{Out, Pool};
use std::time::Instant;

/// No string of this length is refused unless there is no memory left.
const LONG: usize = 64 << 20;

const TOO_LONG: &[u8] = br#"{"name":"Error","message":"The answer is longer than a string can be","code":"ERR_PROCS_IPC_TOO_LARGE"}"#;

impl Context {
    pub(super) fn pool_ready(&self, id: u32, pool: &Pool, seen: Seen) {
        self.events.borrow_mut().begin_turn();
        let started = Instant::now();
        let mut is_first = true;
        'turn: loop {
            let mut out = pool.turn(is_first, is_first && seen.rung);
            while let Some(next) = out.pop_front() {
                if self.dispatcher.is_closed() || !self.events.borrow().is_open(id) {
                    break 'turn;
                }
                self.hand_over_out(id, next);
                if !out.is_empty() && Pool::turn_is_over(started) {
                    pool.give_back(std::mem::take(&mut out));
                }
            }
            is_first = false;
            if self.dispatcher.is_closed() || !pool.goes_on(started) {
                break;
            }
        }
        self.events.borrow_mut().settle_turn();
    }

    /// Nothing is borrowed while JavaScript runs.
    fn hand_over_out(&self, id: u32, out: Out) {
        let mut answers = Vec::new();
        let event = match out {
            Out::Frames(_, mut batch) => {
                if batch.size() > LONG {
                    answers = batch.metas().iter().copied().filter(|meta| matches!(meta.kind, b'R' | b'E')).collect();
                }
                let handles = std::mem::take(&mut batch.handles);
                self.events.borrow_mut().offer(id, 0, Vec::new(), handles);
                Event::Wire(batch)
            }
            Out::WithSegments(worker, mut frame) => {
                let (pieces, handles) = (std::mem::take(&mut frame.pieces), std::mem::take(&mut frame.handles));
                self.events.borrow_mut().offer(id, worker, pieces, handles);
                answers.extend(Some(frame.meta).filter(|meta| matches!(meta.kind, b'R' | b'E')));
                Event::WireSegments(frame)
            }
            Out::Ended(ends) => Event::TasksEnded { ends },
            Out::Notes(notes, fds) => {
                // JavaScript knows their numbers, and releases them. Where its thread is being terminated it does not get to that.
                let mut events = self.events.borrow_mut();
                fds.into_iter().for_each(|fd| events.hold(fd));
                drop(events);
                Event::PoolNotes { notes }
            }
            Out::Over => {
                self.events.borrow_mut().remove(id);
                Event::End { status: 0 }
            }
        };
        if let Err(TooLong) = self.dispatcher.call(id, event) {
            for meta in answers {
                let _short = self.dispatcher.call(id, Event::Wire(Batch::of_error(meta.id, meta.flags & !0xff, TOO_LONG)));
            }
        }
        self.events.borrow_mut().handed_over();
    }
}
