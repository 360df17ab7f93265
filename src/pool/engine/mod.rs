//! A pool at work. Whoever is awake drives it, JavaScript's turn or the pool's own thread, with the same lock and in the same way.

mod answers;
mod deadlines;
mod ending;
mod give_out;
mod lives;
mod stats;
mod submit;
mod values;

pub use submit::Submission;

use super::bytes::{Frame, Memory};
use super::crew::Crew;
use super::dispatch::Dispatcher;
use super::machine::{self, Machine, OomKills};
use super::metrics::Metrics;
use super::outbox::{Out, Outbox};
use super::platform::Timer;
use super::settings::Settings;
use super::task::WorkerId;
use super::trees::Trees;
use super::watched::Subject;
use super::worker::{Program, Worker};
use crate::ipc::interest::{Interest, Ready};
use crate::ipc::platform::Poll;
use crate::ipc::wire::Event;
use rustix::io::Result;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Read at once from a worker.
const READ: usize = 256 * 1024;

/// What a pool is made of, as JavaScript gives it.
pub struct Plan {
    pub settings: Settings,
    pub program: Program,
    /// What every worker is greeted with: JSON.
    pub hello: String,
    pub max_frame: usize,
    /// Bytes of memory that the pool shares with its workers, each way.
    pub max_slab: usize,
    /// The request `procs.setup`.
    pub setup: Option<Frame>,
    pub memory: Memory,
}

pub struct Engine {
    settings: Settings,
    program: Program,
    hello: String,
    max_frame: usize,
    max_slab: usize,
    setup: Option<Frame>,
    memory: Memory,
    pub dispatcher: Dispatcher,
    crew: Crew,
    machine: Machine,
    oom_kills: OomKills,
    pub metrics: Metrics,
    /// By id, and each new one has the highest.
    workers: Vec<Worker>,
    /// Those with something in their `out`.
    touched: Vec<WorkerId>,
    /// When it was looked at where they run.
    seen_at: Option<Instant>,
    poll: Arc<Poll>,
    timer: Timer,
    /// What the timer is set to.
    armed: Option<Instant>,
    /// When memory that nobody has used meanwhile is given back.
    gives_back: Option<Instant>,
    pub outbox: Outbox,
    /// Some workers are not read until JavaScript has taken what is there of them.
    has_held: bool,
    buffer: Vec<u8>,
    trees: Arc<Trees>,
    /// Nothing is accepted.
    is_closing: bool,
    /// JavaScript has looked after the pool since workers were looked at last.
    pub javascript_was_here: bool,
    /// `End` was told.
    is_over: bool,
    tell: Arc<dyn Fn() + Send + Sync>,
}

impl Engine {
    /// `tell` is called on other threads when there is something to be looked at.
    pub fn new(plan: Plan, tell: Arc<dyn Fn() + Send + Sync>, seed: u64, now: Instant) -> Result<Self> {
        let Plan { settings, program, hello, max_frame, max_slab, setup, memory } = plan;
        let (poll, timer) = (Arc::new(Poll::new()?), Timer::new()?);
        poll.add(&timer, Subject::Timer.token(), Interest::INPUT)?;
        Ok(Engine {
            dispatcher: Dispatcher::new(&settings, now),
            crew: Crew::new(&settings, machine::cpus(), seed),
            machine: Machine::new(),
            oom_kills: OomKills::new(),
            metrics: Metrics::default(),
            settings,
            program,
            hello,
            max_frame,
            max_slab,
            setup,
            memory,
            workers: Vec::new(),
            touched: Vec::new(),
            seen_at: None,
            poll,
            timer,
            armed: None,
            gives_back: None,
            outbox: Outbox::default(),
            has_held: false,
            buffer: vec![0; READ],
            trees: Arc::default(),
            is_closing: false,
            javascript_was_here: false,
            is_over: false,
            tell,
        })
    }

    /// The first workers are started. [`Engine::begin`] is to follow, when whoever opens the pool is ready for it.
    pub fn open(&mut self, now: Instant) {
        self.crew.set_opening(true);
        self.advance(now);
    }

    pub fn begin(&mut self, now: Instant) {
        self.crew.set_opening(false);
        self.advance(now);
    }

    pub fn poll(&self) -> Arc<Poll> {
        self.poll.clone()
    }

    /// Neither answered nor ended.
    pub fn pending(&self) -> usize {
        self.dispatcher.pending()
    }

    pub fn is_over(&self) -> bool {
        self.is_over
    }

    /// Takes what workers have said and gives out tasks. `asks_kernel`: not only of rings, which tell without a system call.
    pub fn drive(&mut self, asks_kernel: bool, now: Instant) {
        if asks_kernel {
            for ready in self.poll.wait(Some(Duration::ZERO)) {
                self.ready(ready, now);
            }
        }
        self.look_at_rings(now);
        self.advance(now);
    }

    /// What follows from what has happened.
    pub fn advance(&mut self, now: Instant) {
        self.give_out(now);
        // It comes to an end, see `Crew::decide`.
        while self.decide(now) {
            self.give_out(now);
        }
        if self.dispatcher.take_drain() {
            let note = super::notes::drain().to_string();
            self.outbox.add_note(&note, Vec::new());
        }
        self.tell_the_end();
        self.arm(now);
    }

    fn position(&self, worker: WorkerId) -> Option<usize> {
        position_of(&self.workers, worker)
    }

    fn worker(&mut self, worker: WorkerId) -> Option<&mut Worker> {
        self.position(worker).map(|at| &mut self.workers[at])
    }

    fn ready(&mut self, ready: Ready, now: Instant) {
        match Subject::of(ready.token) {
            Subject::Socket(worker) => self.talk(worker, ready, now),
            Subject::Bell(worker) => {
                if let Some(line) = self.worker(worker).and_then(|worker| worker.line.as_mut()) {
                    line.rung();
                }
                self.talk(worker, Ready::default(), now);
            }
            Subject::Process(worker) => self.reap(worker, now),
            Subject::Lifeline(worker) => self.departs(worker, now),
            Subject::Timer => self.time(now),
        }
    }

    /// Those that need not ring, or have not.
    fn look_at_rings(&mut self, now: Instant) {
        for at in 0..self.workers.len() {
            // One may go meanwhile; it is looked at the next time.
            let Some(worker) = self.workers.get_mut(at) else { break };
            let id = worker.id;
            if worker.line.as_mut().is_some_and(super::worker::Line::is_due) {
                self.talk(id, Ready::default(), now);
            }
        }
    }

    fn talk(&mut self, id: WorkerId, seen: Ready, now: Instant) {
        let Some(at) = self.position(id) else { return };
        let mut events = Vec::new();
        if let Some(line) = &mut self.workers[at].line {
            // The last that there is of it is finite. And the kernel tells of its end again and again.
            line.hold(self.outbox.has_enough_of(id) && !seen.over);
            line.look(seen, &mut self.buffer, &mut events);
        }
        self.said(id, events, now);
        // Its channel may be over by now, and it may even be gone.
        let Some(at) = self.position(id) else { return };
        if let Some(line) = &mut self.workers[at].line {
            if self.outbox.has_enough_of(id) {
                line.hold(true);
                self.has_held = true;
            }
            line.settle(&self.poll);
        }
    }

    /// What waits for JavaScript. Workers of which there was too much of it may go on.
    pub fn take_out(&mut self) -> VecDeque<Out> {
        if std::mem::take(&mut self.has_held) {
            for line in self.workers.iter_mut().filter_map(|worker| worker.line.as_mut()) {
                line.hold(false);
                line.settle(&self.poll);
            }
        }
        if self.outbox.has_enough_words() {
            // Workers may have had to wait for that.
            self.crew.look_again();
            (self.tell)();
        }
        self.outbox.take()
    }

    /// What came of a look at a worker's channel.
    fn said(&mut self, id: WorkerId, events: Vec<Event>, now: Instant) {
        for event in events {
            match event {
                Event::Open(_) => self.greeted(id, now),
                Event::Frames(batch) => self.take_frames(id, batch, now),
                Event::WithSegments(frame) => self.take_frame(id, frame, now),
                Event::Written(..) => {}
                Event::Question => self.answer_question(id),
                Event::End(result) => self.hung_up(id, result.is_err(), now),
            }
        }
    }

    /// What it has got is handed over soon, and nobody here waits for that.
    fn answer_question(&mut self, id: WorkerId) {
        if let Some(line) = self.worker(id).and_then(|worker| worker.line.as_mut()) {
            line.wire.answer_question();
        }
    }

    /// Before JavaScript, or a thread, has other things to do. False: there is something at once. `is_last`: it will not be looked at at once.
    pub fn rest(&mut self, is_last: bool) -> bool {
        let mut is_quiet = true;
        for line in self.workers.iter_mut().filter_map(|worker| worker.line.as_mut()) {
            if !line.wire.transport.doze() {
                is_quiet = false;
                if is_last {
                    line.wire.transport.come_back();
                }
            }
        }
        is_quiet
    }

    /// At the beginning of a turn.
    pub fn stay_awake(&mut self) {
        for line in self.workers.iter_mut().filter_map(|worker| worker.line.as_mut()) {
            line.stay_awake();
        }
    }

    /// Whether workers have more than they can have begun.
    pub fn has_prefetched(&self) -> bool {
        self.dispatcher.load(Instant::now()).prefetched > 0
    }

    /// Whether there is something that a turn would take, in a ring.
    pub fn has_unread(&self) -> bool {
        let lines = self.workers.iter().filter_map(|worker| worker.line.as_ref());
        lines.into_iter().any(super::worker::Line::has_unread)
    }

    /// The only worker that has something to do, if there is just one.
    pub fn only_busy_line(&mut self) -> Option<&mut super::worker::Line> {
        let dispatcher = &self.dispatcher;
        let mut busy = self.workers.iter_mut().filter(|worker| dispatcher.worker_load(worker.id).is_some_and(|load| load.window > 0));
        match (busy.next(), busy.next()) {
            (Some(one), None) => one.line.as_mut(),
            _ => None,
        }
    }
}

fn position_of(workers: &[Worker], worker: WorkerId) -> Option<usize> {
    workers.binary_search_by_key(&worker, |known| known.id).ok()
}
