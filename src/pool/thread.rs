//! The pool's own thread: it looks after workers while JavaScript is blocked, and stays out of its way otherwise.

use super::turn::Shared;
use crate::ipc::platform::Poll;
use rustix::event::{poll, PollFd, PollFlags, Timespec};
use std::mem;
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{park, park_timeout, Builder, JoinHandle};
use std::time::{Duration, Instant};

/// How often it looks whether JavaScript lets workers wait.
const LOOK: Duration = Duration::from_millis(2);
/// And at most how seldom, where nothing happens for a while.
const SELDOM: Duration = Duration::from_millis(16);
/// To wake it is a system call; so it stays up for a while after the last task, for whoever sends one at a time.
const STAY: Duration = Duration::from_millis(100);
/// How long it waits for workers at a time, before it looks whether JavaScript is back.
const STEP: Duration = Duration::from_millis(10);

pub struct Thread {
    shared: Arc<Shared>,
    signals: Arc<Signals>,
    running: Mutex<Option<JoinHandle<()>>>,
    poll: Arc<Poll>,
}

#[derive(Default)]
struct Signals {
    /// It sleeps until it is woken.
    sleeps: AtomicBool,
    ends: AtomicBool,
    is_started: AtomicBool,
}

impl Thread {
    /// Started with the first task.
    pub fn new(shared: Arc<Shared>, poll: Arc<Poll>) -> Self {
        Thread { shared, signals: Arc::default(), running: Mutex::new(None), poll }
    }

    /// There are tasks.
    pub fn wake(&self) {
        if !self.signals.is_started.load(Ordering::Acquire) {
            self.start();
        } else if self.signals.sleeps.load(Ordering::SeqCst) && self.signals.sleeps.swap(false, Ordering::SeqCst) {
            if let Some(thread) = &*self.running.lock().unwrap_or_else(PoisonError::into_inner) {
                thread.thread().unpark();
            }
        }
    }

    fn start(&self) {
        self.signals.is_started.store(true, Ordering::Release);
        let (shared, signals, poll) = (self.shared.clone(), self.signals.clone(), self.poll.clone());
        let run = move || Watch { shared, signals, poll }.run();
        // Out of threads, the pool stands still while JavaScript does.
        let thread = Builder::new().name("procs-pool".into()).stack_size(512 * 1024).spawn(run);
        *self.running.lock().unwrap_or_else(PoisonError::into_inner) = thread.ok();
    }

    /// Returns when it has ended.
    pub fn end(&self) {
        self.signals.ends.store(true, Ordering::Release);
        let thread = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            thread.thread().unpark();
            // A panic has been printed by the thread itself.
            let _panicked = thread.join();
        }
    }
}

struct Watch {
    shared: Arc<Shared>,
    signals: Arc<Signals>,
    poll: Arc<Poll>,
}

impl Watch {
    fn run(&self) {
        let (mut turns, mut calls) = (self.shared.turns(), self.shared.calls());
        let mut quiet_since = Instant::now();
        let mut pause = LOOK;
        // Something was there at the last look, and JavaScript has not been since.
        let mut waits = false;
        while !self.ends() {
            self.sleep(quiet_since, pause);
            let now_turns = self.shared.turns();
            if now_turns != turns {
                (turns, waits, pause, quiet_since) = (now_turns, false, LOOK, Instant::now());
                continue;
            }
            let calls_before = mem::replace(&mut calls, self.shared.calls());
            let is_called = calls != calls_before;
            if is_called {
                quiet_since = Instant::now();
            }
            if !self.has_something() {
                // An answer that is followed by a long task is there without a word, see "Pool workers" in docs/protocol.md.
                let is_worth_it = is_called || self.shared.engine().has_prefetched();
                (waits, pause) = (false, if is_worth_it { LOOK } else { (pause * 2).min(SELDOM) });
                continue;
            }
            if waits {
                self.step_in(turns);
                quiet_since = Instant::now();
            }
            (waits, pause) = (!waits, LOOK);
        }
    }

    fn ends(&self) -> bool {
        self.signals.ends.load(Ordering::Acquire)
    }

    /// Until the next look; where there is nothing to look after, until it is woken.
    fn sleep(&self, quiet_since: Instant, pause: Duration) {
        let has_nothing = || self.shared.engine().pending() == 0;
        if quiet_since.elapsed() < STAY || !has_nothing() {
            return park_timeout(pause);
        }
        self.signals.sleeps.store(true, Ordering::SeqCst);
        // Whoever came with a task in between has not seen that it sleeps.
        while has_nothing() && self.signals.sleeps.load(Ordering::SeqCst) && !self.ends() {
            park();
        }
        self.signals.sleeps.store(false, Ordering::SeqCst);
    }

    /// Whether there is something that a turn would take.
    fn has_something(&self) -> bool {
        self.is_readable(Duration::ZERO) || self.shared.engine().has_unread()
    }

    fn is_readable(&self, timeout: Duration) -> bool {
        let timeout = Timespec { tv_sec: 0, tv_nsec: timeout.subsec_nanos().into() };
        let mut fds = [PollFd::from_borrowed_fd(self.poll.as_fd(), PollFlags::IN)];
        // EINTR is no event; nothing else can fail here.
        poll(&mut fds, Some(&timeout)).is_ok_and(|ready| ready > 0)
    }

    /// Does what JavaScript's turns do, until there is one.
    fn step_in(&self, turns: u64) {
        let mut is_first = true;
        while self.shared.turns() == turns && !self.ends() {
            let mut engine = self.shared.engine_in_turn();
            if is_first {
                engine.stay_awake();
            }
            let was_empty = engine.outbox.is_empty();
            engine.drive(true, Instant::now());
            let has_news = was_empty && !engine.outbox.is_empty();
            let is_quiet = engine.rest(false);
            let is_done = engine.pending() == 0;
            drop(engine);
            if has_news {
                self.shared.tell();
            }
            is_first = false;
            if is_done {
                return;
            }
            if is_quiet {
                self.is_readable(STEP);
            }
        }
    }
}
