//! Writes that are not done yet: the kernel has not taken all of them, or they filled the shared memory, and whoever sends more is to wait
//! until the peer has given some of it back, or has handed over all that it got and has given back what it will.

use super::peer::{Event, Wire};
use std::collections::VecDeque;

/// A write that JavaScript was told is queued.
#[derive(Debug)]
struct Waiting {
    /// The transport has it.
    queued: bool,
    /// Room for so many bytes, or the answer to so many questions.
    room: Option<(usize, u64)>,
}

#[derive(Debug, Default)]
pub struct Room {
    waiting: VecDeque<Waiting>,
    /// Questions (`L:`) that this end has asked, and those that were answered (`F:`).
    asked: u64,
    answered: u64,
    /// Questions of the peer's whose answers are still to be written. It does not read: they take no room of their own until it does.
    owed: u64,
}

/// Answers that go out with one write.
const TOGETHER: u64 = 1024;

impl Wire {
    /// A write was handed to the transport. Returns whether JavaScript has to wait for it.
    pub(super) fn wait_for_write(&mut self, queued: bool) -> bool {
        let lacking = self.take_lacking_room();
        let room = lacking.and_then(|length| {
            // What cannot be asked is not waited for: the peer is gone, or has got our goodbye.
            self.write_native(b"L:\n", &[]).ok()?;
            self.room.asked += 1;
            Some((length, self.room.asked))
        });
        if queued || room.is_some() {
            self.room.waiting.push_back(Waiting { queued, room });
            return true;
        }
        false
    }

    /// So many of the oldest that the transport had are out.
    pub(super) fn written(&mut self, count: u32, events: &mut Vec<Event>) {
        for waiting in self.room.waiting.iter_mut().filter(|waiting| waiting.queued).take(count as usize) {
            waiting.queued = false;
        }
        self.tell_written(events);
    }

    /// None of them goes out any more. How many there were.
    pub(super) fn give_up_writes(&mut self) -> u32 {
        self.transport.drop_queue();
        std::mem::take(&mut self.room.waiting).len() as u32
    }

    /// `F:`, all that the peer had got is handed over; or pieces came back.
    pub(super) fn room_came(&mut self, answered: bool, events: &mut Vec<Event>) {
        self.room.answered += u64::from(answered);
        let mut waiting = std::mem::take(&mut self.room.waiting);
        for one in &mut waiting {
            one.room = one.room.filter(|(length, question)| *question > self.room.answered && !self.outbound().has_room(*length));
        }
        self.room.waiting = waiting;
        self.tell_written(events);
    }

    /// Writes that were told to be queued, and are.
    pub fn waiting_writes(&self) -> usize {
        self.room.waiting.len()
    }

    pub(super) fn has_asked(&self) -> bool {
        self.room.answered < self.room.asked
    }

    /// In order: one that waits keeps those behind it.
    fn tell_written(&mut self, events: &mut Vec<Event>) {
        let done = self.room.waiting.iter().take_while(|waiting| !waiting.queued && waiting.room.is_none()).count();
        if done > 0 {
            self.room.waiting.drain(..done);
            events.push(Event::Written(done as u32, Ok(())));
        }
    }

    /// `L:` of the peer's: all that came before is handed over now, and what was to be given back of it is.
    pub fn answer_question(&mut self) {
        self.give_back();
        self.room.owed += 1;
        self.pay();
    }

    /// Writes what is owed, unless there is something before it. What has come back is told first: who asks wants to know of that.
    pub(super) fn pay(&mut self) {
        self.tell_kept_returns();
        while self.room.owed > 0 && self.transport.queued() == 0 {
            let answers = self.room.owed.min(TOGETHER);
            self.room.owed -= answers;
            // It fails where the peer is gone, who waits no more.
            let _unheard = self.write_native(&b"F:\n".repeat(answers as usize), &[]);
        }
    }
}
