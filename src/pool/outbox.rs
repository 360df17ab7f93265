//! What waits for JavaScript: answers to tasks that it has handed in, a few words about workers, and what they say unasked, which has a bound for
//! each of them.

use super::task::WorkerId;
use crate::ipc::wire::{Batch, WithSegments};
use std::collections::VecDeque;
use std::mem;
use std::os::fd::OwnedFd;

/// JavaScript takes so much over with one call: what it parses at once, nothing can come between.
const TOGETHER: usize = 256 * 1024;
/// Beyond so many bytes no worker is read until JavaScript has taken them.
const FULL: usize = 64 << 20;
/// And beyond these a worker is not of which there is so much: others have nothing to do with it. Nor is any started while so much is to be told of
/// workers: each would add to it, its pipes not least.
const MUCH: Share = Share { bytes: FULL / 4, unasked: 1 << 14, handles: 256 };
/// Things that are told with one call.
const TOLD_TOGETHER: usize = 4096;

/// One call of JavaScript.
#[derive(Debug)]
pub enum Out {
    /// Frames of a worker. Not of several: one that sends half an array, and its other half in the next frame, would shift what others say.
    Frames(WorkerId, Batch),
    WithSegments(WorkerId, Box<WithSegments>),
    /// As many `TaskEnd`s.
    Ended(Told),
    /// As many `PoolNote`s, and descriptors that they name, which are JavaScript's from then on.
    Notes(Told, Vec<OwnedFd>),
    /// Every process is reaped. Nothing follows.
    Over,
}

/// A JSON array that is still open.
#[derive(Debug, Default)]
pub struct Told {
    text: String,
    pub count: u32,
}

impl Told {
    fn add(&mut self, json: &str) {
        self.text.push(if self.count == 0 { '[' } else { ',' });
        self.text.push_str(json);
        self.count += 1;
    }

    pub fn into_json(mut self) -> String {
        self.text.push(']');
        self.text
    }
}

/// What is there of one worker, or what is to be told of all.
#[derive(Clone, Copy, Debug, Default)]
struct Share {
    bytes: usize,
    /// Messages and words of progress: nobody has asked for them, and JavaScript is called for each.
    unasked: usize,
    /// Descriptors, of which this process has only so many.
    handles: usize,
}

impl Share {
    fn of_batch(batch: &Batch) -> Self {
        let unasked = batch.metas().iter().filter(|meta| is_unasked(meta.kind)).count();
        Share { bytes: batch.size(), unasked, handles: batch.handles.len() }
    }

    fn of_frame(frame: &WithSegments) -> Self {
        let bytes = frame.text.len() + frame.bytes.len();
        Share { bytes, unasked: is_unasked(frame.meta.kind).into(), handles: frame.handles.len() }
    }

    fn of_words(json: &str, fds: &[OwnedFd]) -> Self {
        Share { bytes: json.len(), unasked: 0, handles: fds.len() }
    }

    fn add(&mut self, more: Share) {
        self.bytes += more.bytes;
        self.unasked += more.unasked;
        self.handles += more.handles;
    }

    fn is_much(&self) -> bool {
        self.bytes >= MUCH.bytes || self.unasked >= MUCH.unasked || self.handles >= MUCH.handles
    }
}

fn is_unasked(kind: u8) -> bool {
    matches!(kind, b'J' | b'M')
}

#[derive(Debug, Default)]
pub struct Outbox {
    waiting: VecDeque<Out>,
    bytes: usize,
    shares: Vec<(WorkerId, Share)>,
    /// What is told of workers.
    words: Share,
}

impl Outbox {
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Whether nothing more is to be read of this worker before JavaScript has taken what is there.
    pub fn has_enough_of(&self, worker: WorkerId) -> bool {
        self.bytes >= FULL || self.shares.iter().any(|(whose, share)| *whose == worker && share.is_much())
    }

    fn weigh(&mut self, worker: WorkerId, more: Share) {
        self.bytes += more.bytes;
        let at = self.shares.iter().position(|(whose, _)| *whose == worker).unwrap_or_else(|| {
            self.shares.push((worker, Share::default()));
            self.shares.len() - 1
        });
        self.shares[at].1.add(more);
    }

    pub fn add_frames(&mut self, worker: WorkerId, batch: Batch) {
        self.weigh(worker, Share::of_batch(&batch));
        // Between workers there is no order, but there is with what is told of them.
        let frames = self.waiting.iter_mut().rev().map_while(|out| match out {
            Out::Frames(whose, batch) => Some((*whose, batch)),
            _ => None,
        });
        if let Some((_, last)) = frames.into_iter().find(|(whose, _)| *whose == worker) {
            if last.size() + batch.size() <= TOGETHER && last.has_room_for(&batch) {
                last.append(batch);
                return;
            }
        }
        self.waiting.push_back(Out::Frames(worker, batch));
    }

    pub fn add_frame(&mut self, worker: WorkerId, frame: Box<WithSegments>) {
        self.weigh(worker, Share::of_frame(&frame));
        self.waiting.push_back(Out::WithSegments(worker, frame));
    }

    pub fn add_ended(&mut self, json: &str) {
        if let Some(Out::Ended(told)) = self.waiting.back_mut() {
            if (told.count as usize) < TOLD_TOGETHER {
                return told.add(json);
            }
        }
        let mut told = Told::default();
        told.add(json);
        self.waiting.push_back(Out::Ended(told));
    }

    /// Whether so much is to be told of workers that there should not be more of them before JavaScript has heard it.
    pub fn has_enough_words(&self) -> bool {
        self.words.is_much()
    }

    pub fn add_note(&mut self, json: &str, fds: Vec<OwnedFd>) {
        self.words.add(Share::of_words(json, &fds));
        if let Some(Out::Notes(told, all)) = self.waiting.back_mut() {
            if (told.count as usize) < TOLD_TOGETHER {
                all.extend(fds);
                return told.add(json);
            }
        }
        let mut told = Told::default();
        told.add(json);
        self.waiting.push_back(Out::Notes(told, fds));
    }

    pub fn add_over(&mut self) {
        self.waiting.push_back(Out::Over);
    }

    /// All of it, in order.
    pub fn take(&mut self) -> VecDeque<Out> {
        self.bytes = 0;
        self.shares.clear();
        self.words = Share::default();
        mem::take(&mut self.waiting)
    }

    /// What was taken and not handed over, before what has come since.
    pub fn give_back(&mut self, mut rest: VecDeque<Out>) {
        for out in &rest {
            match out {
                Out::Frames(worker, batch) => self.weigh(*worker, Share::of_batch(batch)),
                Out::WithSegments(worker, frame) => self.weigh(*worker, Share::of_frame(frame)),
                Out::Notes(told, fds) => self.words.add(Share::of_words(&told.text, fds)),
                Out::Ended(_) | Out::Over => {}
            }
        }
        rest.append(&mut self.waiting);
        self.waiting = rest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_each_other_is_told_together() {
        let mut outbox = Outbox::default();
        outbox.add_ended("[1]");
        outbox.add_ended("[2]");
        outbox.add_note("[\"up\",1]", Vec::new());
        outbox.add_ended("[3]");
        outbox.add_over();
        let told: Vec<_> = outbox
            .take()
            .into_iter()
            .map(|out| match out {
                Out::Ended(told) => {
                    let count = told.count;
                    format!("{count} {}", told.into_json())
                }
                Out::Notes(told, _) => told.into_json(),
                Out::Over => "over".into(),
                _ => unreachable!(),
            })
            .collect();
        assert_eq!(told, ["2 [[1],[2]]", "[[\"up\",1]]", "1 [[3]]", "over"]);
        assert!(outbox.is_empty());
    }
}
