//! One worker: its process, its channel, its page, and how far it has come.

mod page;
mod process;
mod wire;

pub use page::{Page, Reading};
pub use process::{Program, Started};
pub use wire::Line;

use super::bytes::{Frame, Loan};
use super::crew::Why;
use super::task::WorkerId;
use super::watched::Subject;
use crate::ipc::interest::Interest;
use crate::ipc::platform::Poll;
use crate::process::{Child, Tree};
use rustix::io::{Errno, Result};
use std::os::fd::OwnedFd;
use std::time::Instant;

/// Ids of what the engine itself asks of a worker; tasks have those below.
pub const SETUP: u32 = 1 << 30;
pub const TEARDOWN: u32 = SETUP + 1;

/// Bytes that wait for a worker to read them, and writes, each of which takes room of its own however short it is.
const UNREAD: usize = 64 << 20;
const UNREAD_WRITES: usize = 1 << 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It has not said hello.
    Booting,
    /// It was told what to load.
    Loading,
    Up,
    /// It was told to end.
    Parting,
}

pub struct Worker {
    pub id: WorkerId,
    pub pid: i32,
    /// None once it is reaped.
    pub child: Option<Child>,
    pub tree: Option<Tree>,
    /// None once its channel is over.
    pub line: Option<Line>,
    pub page: Option<Page>,
    /// Until it has hung up.
    pub lifeline: Option<OwnedFd>,
    /// What it has of the pool's memory.
    pub loan: Loan,
    pub stage: Stage,
    /// No worker of our making.
    pub is_foreign: bool,
    pub started: Instant,
    /// Tasks that were written to it so far, modulo 2^32.
    pub written: u32,
    /// Tasks that it has begun, where its channel is over and it will begin no others.
    pub begun: Option<u32>,
    /// Lines for it that are not written yet.
    pub out: Vec<u8>,
    /// What it was asked by the engine and has not answered.
    pub asked: Vec<u32>,
    /// Requests of its own since there was nothing left for it to read.
    pub unheard: u32,
    /// What it has said last: why it ends.
    pub goodbye: Option<Vec<u8>>,
    /// Why it was ended, if it was.
    pub ended: Option<Why>,
    /// SIGKILL was sent.
    pub is_killed: bool,
}

/// What every worker of a pool is met with.
pub struct Reception<'a> {
    /// JSON.
    pub hello: &'a str,
    /// Bytes of the longest frame that is taken.
    pub max_frame: usize,
    /// Bytes of shared memory each way.
    pub max_slab: usize,
    pub poll: &'a Poll,
}

impl Worker {
    pub fn new(id: WorkerId, started: Started, loan: Loan, reception: &Reception<'_>, now: Instant) -> Result<Self> {
        let Started { mut child, channel, page, lifeline, .. } = started;
        let poll = reception.poll;
        let tree = child.tree();
        let pid = child.pid();
        let watch = || {
            let mut line = Line::open(channel, reception, id)?;
            line.wire.lend(Box::new(loan.clone()));
            poll.add(&child, Subject::Process(id).token(), Interest::INPUT).inspect_err(|_| line.unwatch(poll))?;
            Ok(line)
        };
        let line = watch().inspect_err(|_| {
            // Nobody would see its end; dropped, it is reaped like every child without an owner.
            let _gone = child.signal(libc::SIGKILL);
        })?;
        // Out of watches, its end is seen somewhat later.
        let lifeline = lifeline.filter(|fd| poll.add(fd, Subject::Lifeline(id).token(), Interest::INPUT).is_ok());
        Ok(Worker {
            id,
            pid,
            child: Some(child),
            tree,
            line: Some(line),
            page,
            lifeline,
            loan: loan.clone(),
            stage: Stage::Booting,
            is_foreign: false,
            started: now,
            written: 0,
            begun: None,
            out: Vec::new(),
            asked: Vec::new(),
            unheard: 0,
            goodbye: None,
            ended: None,
            is_killed: false,
        })
    }

    /// Its own process, at once. Its tree follows when it is reaped.
    pub fn kill(&mut self, why: Why) {
        self.ended.get_or_insert(why);
        if let (false, Some(child)) = (std::mem::replace(&mut self.is_killed, true), &mut self.child) {
            // What has ended already needs none.
            let _gone = child.signal(libc::SIGKILL);
        }
    }

    /// It has hung up, or is not looked at any more.
    pub fn drop_lifeline(&mut self, poll: &Poll) {
        if let Some(lifeline) = self.lifeline.take() {
            // Watched since it was started.
            let _unwatched = poll.remove(&lifeline);
        }
    }

    /// Nothing more is read or written.
    pub fn close_line(&mut self, poll: &Poll) {
        if let Some(mut line) = self.line.take() {
            line.unwatch(poll);
        }
        self.loan.end();
    }

    /// Whether it was asked for that, and has not answered yet.
    pub fn is_answer(&mut self, id: u32) -> bool {
        let asked = self.asked.len();
        self.asked.retain(|open| *open != id);
        self.asked.len() < asked
    }

    /// Whether it says in its page what it has begun.
    pub fn has_page(&self) -> bool {
        !self.is_foreign && self.page.is_some()
    }

    pub fn is_up(&self) -> bool {
        self.stage == Stage::Up && self.line.is_some()
    }

    /// Whether there is not too much yet that it has not read. What was written to it is kept here until then.
    pub fn reads(&mut self, poll: &Poll) -> bool {
        let out = self.out.len();
        self.line.as_mut().is_some_and(|line| {
            if has_room(line, out) {
                return true;
            }
            // It may have made some, and nobody has looked since.
            line.wire.writable(&mut Vec::new());
            line.settle(poll);
            has_room(line, out)
        })
    }

    /// At once, behind what was written before. Whether there is anybody to read it.
    pub fn write(&mut self, frame: &Frame, poll: &Poll) -> Result<()> {
        self.flush(poll);
        let line = self.line.as_mut().ok_or(Errno::PIPE)?;
        let written = frame.write(&mut line.wire, &self.loan).map(drop);
        line.settle(poll);
        written
    }

    /// A line of the engine's own, at once.
    pub fn say(&mut self, text: &[u8], poll: &Poll) {
        self.out.extend_from_slice(text);
        self.flush(poll);
    }

    /// Its end of the channel comes behind what was said.
    pub fn say_no_more(&mut self, poll: &Poll) {
        if let Some(line) = self.line.as_mut() {
            line.finish();
            line.settle(poll);
        }
    }

    /// Writes what was put into `out`.
    pub fn flush(&mut self, poll: &Poll) {
        if let Some(line) = self.line.as_mut().filter(|_| !self.out.is_empty()) {
            // One that is gone does not read it. What it has begun is known from its page.
            let _unread = line.wire.write(&self.out, &[], &[]);
            line.settle(poll);
        }
        self.out.clear();
    }
}

fn has_room(line: &Line, out: usize) -> bool {
    line.wire.transport.queued() + out < UNREAD && line.wire.waiting_writes() < UNREAD_WRITES
}
