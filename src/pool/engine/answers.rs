//! What workers say.

use super::Engine;
use crate::ipc::wire::{Batch, Meta, WithSegments};
use crate::pool::crew::Why;
use crate::pool::dispatch::Answered;
use crate::pool::notes;
use crate::pool::task::WorkerId;
use crate::pool::worker::SETUP;
use std::time::Instant;

/// In place of the kind of a frame that JavaScript is to pass over.
const NOTHING: u8 = 0;
/// Where the worker stands in the flags.
const WORKER_AT: u32 = 8;
const TAGGED: u32 = 1;
/// A worker that asks so often while answers wait for it to read them does not read them at all.
const UNHEARD: u32 = 1024;
/// Bytes of what a worker says of its end, or of its setup's. It goes to JavaScript together with what there is to know of others.
const LONGEST_WORDS: usize = 1 << 18;
const TOO_MANY_WORDS: &[u8] =
    br#"{"name":"Error","message":"What the worker has said of its failure is too long","code":"ERR_PROCS_IPC_TOO_LARGE"}"#;

/// What a frame is.
enum Said {
    /// JavaScript's.
    Told,
    /// Nobody's: of a task that was given up, or of a kind that says nothing here.
    Nothing,
    /// The engine's own, which has asked for it.
    Control {
        id: u32,
        is_error: bool,
        is_tagged: bool,
    },
    /// A request: workers have nobody to ask.
    Asked(u32),
    Goodbye,
    /// It cannot be, and what comes behind it is not looked at.
    Wrong(&'static str),
}

impl Engine {
    pub(super) fn take_frames(&mut self, id: WorkerId, mut batch: Batch, now: Instant) {
        let mut is_any = false;
        let mut others = Vec::new();
        let mut is_wrong = None;
        for (index, meta) in batch.metas_mut().iter_mut().enumerate() {
            let said = if is_wrong.is_some() { Said::Nothing } else { self.judge(id, meta, now) };
            if let Said::Told = said {
                meta.flags |= id << WORKER_AT;
                is_any = true;
                continue;
            }
            meta.kind = NOTHING;
            match said {
                Said::Told | Said::Nothing => {}
                Said::Wrong(what) => is_wrong = Some(what),
                said => others.push((index, said)),
            }
        }
        for (index, said) in others {
            match said {
                Said::Asked(request) => self.turn_down(id, request, now),
                // To find it takes a look at all that stands before it, and there are few of these.
                said => self.take_other(id, &said, batch.json(index), now),
            }
        }
        if is_any {
            self.outbox.add_frames(id, batch);
        }
        if let Some(what) = is_wrong {
            self.cut_off(id, &format!("ERR_PROCS_IPC_PROTOCOL {what}"), now);
        }
        self.measure(id, now);
    }

    pub(super) fn take_frame(&mut self, id: WorkerId, mut frame: Box<WithSegments>, now: Instant) {
        match self.judge(id, &frame.meta, now) {
            Said::Told => {
                frame.meta.flags |= id << WORKER_AT;
                return self.outbox.add_frame(id, frame);
            }
            Said::Nothing => {}
            Said::Wrong(what) => self.cut_off(id, &format!("ERR_PROCS_IPC_PROTOCOL {what}"), now),
            Said::Asked(request) => self.turn_down(id, request, now),
            // The bytes of an error are for nobody here.
            said => self.take_other(id, &said, &frame.text, now),
        }
        // Its bytes are nobody's.
        drop(frame);
        self.tell_returns(id);
    }

    fn judge(&mut self, id: WorkerId, meta: &Meta, now: Instant) -> Said {
        match meta.kind {
            b'R' | b'E' if meta.id >= SETUP => {
                if !self.worker(id).is_some_and(|worker| worker.is_answer(meta.id)) {
                    return Said::Wrong("an answer to what was not asked");
                }
                Said::Control { id: meta.id, is_error: meta.kind == b'E', is_tagged: meta.flags & TAGGED != 0 }
            }
            b'R' | b'E' => match self.dispatcher.answered(id, meta.id, now) {
                Answered::Deliver { waited, ran, attempts } => {
                    self.metrics.answered(waited, ran, attempts, meta.kind == b'E');
                    Said::Told
                }
                Answered::Late => {
                    self.metrics.late += 1;
                    Said::Nothing
                }
                Answered::Recalled => Said::Nothing,
                Answered::Unknown => Said::Wrong("an answer to what was not asked"),
            },
            // Of a task that has been given up JavaScript knows nothing any more, and of one of another's this worker has nothing to say.
            b'J' if !self.dispatcher.is_with(id, meta.id) => Said::Nothing,
            b'J' | b'M' => Said::Told,
            // Nothing else would come for that task.
            b'S' => Said::Wrong("a stream is no answer to a task"),
            b'Q' => Said::Asked(meta.id),
            b'X' => Said::Goodbye,
            _ => Said::Nothing,
        }
    }

    fn take_other(&mut self, id: WorkerId, said: &Said, json: &[u8], now: Instant) {
        let is_too_long = json.len() > LONGEST_WORDS;
        let json = if is_too_long { TOO_MANY_WORDS } else { json };
        match *said {
            Said::Control { id: SETUP, is_error: false, .. } => self.is_up(id, now),
            Said::Control { id: SETUP, is_error: true, is_tagged } => {
                let note = notes::setup_failed(id, json, is_tagged && !is_too_long);
                self.note(&note);
                let error = String::from_utf8_lossy(json);
                self.crew.setup_failed(id, error.into(), now);
            }
            // Its teardown is over.
            Said::Control { .. } => self.say_goodbye(id),
            Said::Goodbye => {
                if let Some(worker) = self.worker(id) {
                    worker.goodbye = Some(json.to_vec()).filter(|json| json != b"null");
                }
            }
            Said::Told | Said::Nothing | Said::Asked(_) | Said::Wrong(_) => {}
        }
    }

    /// It is told so with whatever else is for it.
    fn turn_down(&mut self, id: WorkerId, request: u32, now: Instant) {
        let Some(at) = self.position(id) else { return };
        let worker = &mut self.workers[at];
        let waits = worker.line.as_ref().is_some_and(|line| line.wire.transport.queued() > 0);
        worker.unheard = if waits { worker.unheard + 1 } else { 0 };
        if worker.unheard > UNHEARD {
            return self.cut_off(id, "ERR_PROCS_IPC_PROTOCOL requests whose answers are not read", now);
        }
        if worker.out.is_empty() {
            self.touched.push(id);
        }
        let answer =
            format!("E{request}:{{\"name\":\"Error\",\"message\":\"A pool answers no requests\",\"code\":\"ERR_PROCS_IPC_NO_HANDLER\"}}\n");
        worker.out.extend_from_slice(answer.as_bytes());
    }

    /// What its page says of the tasks that it has run.
    fn measure(&mut self, id: WorkerId, now: Instant) {
        let Some(at) = self.position(id) else { return };
        if let Some(page) = &self.workers[at].page {
            let (finished, busy) = page.work();
            self.dispatcher.measured(id, finished, busy, now);
        }
    }

    /// It says what it should not, or what cannot be understood. `fault`: `CODE message`.
    pub fn cut_off(&mut self, id: WorkerId, fault: &str, now: Instant) {
        if self.position(id).is_none() {
            return;
        }
        let note = notes::fault(id, fault);
        self.note(&note);
        self.dispatcher.set_open(id, false);
        self.crew.condemn(id, Why::Protocol, now);
        if let Some(at) = self.position(id) {
            let worker = &mut self.workers[at];
            worker.kill(Why::Protocol);
            worker.close_line(&self.poll);
        }
    }

    pub(super) fn note(&mut self, note: &serde_json::Value) {
        self.outbox.add_note(&note.to_string(), Vec::new());
    }
}
