//! A pool as JavaScript's thread has it. It works on the engine itself; the pool's own thread does so only while this one is blocked.

use super::bytes::Memory;
use super::engine::{Engine, Plan};
use super::outbox::Out;
use super::thread::Thread;
use crate::ipc::platform::Poll;
use crate::ipc::transport::Next;
use crate::process::WakeUp;
use rustix::io::Result;
use std::collections::VecDeque;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// How long one turn goes on: timers and sockets get their turn in between.
const TURN: Duration = Duration::from_millis(1);

/// What both threads have.
pub struct Shared {
    engine: Mutex<Engine>,
    /// Held while waiting for the engine. A mutex alone goes to whoever is awake, which is whoever has just had it: calls that follow each other
    /// closely would keep the thread out for ever, and it them.
    gate: Mutex<()>,
    /// Counted up whenever JavaScript looks after the pool itself.
    turns: AtomicU64,
    /// And whenever it asks for something, which it may do for long without coming to that.
    calls: AtomicU64,
    /// Something is in the outbox that JavaScript has not been told of, or is to be looked at.
    news: Arc<WakeUp>,
}

impl Shared {
    /// Whoever panicked with it has left it as well as it could be.
    pub fn engine(&self) -> MutexGuard<'_, Engine> {
        self.engine.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// After whoever has waited for it by now, and before anybody who comes later.
    pub fn engine_in_turn(&self) -> MutexGuard<'_, Engine> {
        let _next = self.gate.lock().unwrap_or_else(PoisonError::into_inner);
        self.engine()
    }

    pub fn turns(&self) -> u64 {
        self.turns.load(Ordering::Acquire)
    }

    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    /// JavaScript is to come and see.
    pub fn tell(&self) {
        self.news.wake();
    }
}

pub struct Pool {
    shared: Arc<Shared>,
    /// What the engine waits for.
    poll: Arc<Poll>,
    thread: Thread,
    last_words: LastWords,
    /// Of the engine's, for which nobody has to wait.
    memory: Memory,
}

/// The stats of a pool that is over, for whoever asks then.
pub type LastWords = Arc<OnceLock<String>>;

impl Pool {
    pub fn new(plan: Plan, seed: u64) -> Result<Self> {
        let news = Arc::new(WakeUp::new()?);
        let memory = plan.memory.clone();
        let teller = news.clone();
        let engine = Engine::new(plan, Arc::new(move || teller.wake()), seed, Instant::now())?;
        let poll = engine.poll();
        let shared = Arc::new(Shared {
            engine: Mutex::new(engine),
            gate: Mutex::default(),
            turns: AtomicU64::default(),
            calls: AtomicU64::default(),
            news,
        });
        Ok(Pool { thread: Thread::new(shared.clone(), poll.clone()), shared, poll, last_words: LastWords::default(), memory })
    }

    /// What is readable when workers have something to say.
    pub fn poll(&self) -> BorrowedFd<'_> {
        self.poll.as_fd()
    }

    /// What is readable when there is something else to be looked at.
    pub fn news(&self) -> BorrowedFd<'_> {
        self.shared.news.as_fd()
    }

    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    pub fn last_words(&self) -> LastWords {
        self.last_words.clone()
    }

    /// From JavaScript, which may go on for a while after it, with more of this as well: it is no turn, and the thread does not stay away for it.
    pub fn with<T>(&self, act: impl FnOnce(&mut Engine, Instant) -> T) -> T {
        self.shared.calls.fetch_add(1, Ordering::Relaxed);
        let mut engine = self.shared.engine_in_turn();
        let result = act(&mut engine, Instant::now());
        let (is_busy, has_news) = (engine.pending() > 0, !engine.outbox.is_empty());
        drop(engine);
        if has_news {
            // Not from here: whoever calls this is not to be called back before it returns.
            self.shared.tell();
        }
        if is_busy {
            self.thread.wake();
        }
        result
    }

    /// Begins a turn, or goes on with it: what is to be handed over. `has_news`: that descriptor was readable.
    pub fn turn(&self, is_first: bool, has_news: bool) -> VecDeque<Out> {
        if has_news {
            self.shared.news.clear();
        }
        self.shared.turns.fetch_add(1, Ordering::Release);
        let mut engine = self.shared.engine();
        if is_first {
            engine.stay_awake();
        }
        engine.javascript_was_here = true;
        engine.drive(is_first, Instant::now());
        engine.take_out()
    }

    /// The turn is over before these were handed over.
    pub fn give_back(&self, rest: VecDeque<Out>) {
        self.shared.engine().outbox.give_back(rest);
    }

    /// Whether a turn that has begun at `started` has gone on for long enough.
    pub fn turn_is_over(started: Instant) -> bool {
        started.elapsed() >= TURN
    }

    /// After that was handed over, in a turn that has begun at `started`: whether to go on at once.
    pub fn goes_on(&self, started: Instant) -> bool {
        self.shared.turns.fetch_add(1, Ordering::Release);
        let mut engine = self.shared.engine();
        let turn_is_over = Self::turn_is_over(started);
        if !turn_is_over {
            if let Some(line) = engine.only_busy_line() {
                if line.wire.transport.linger(started) == Next::Again {
                    return true;
                }
            }
        }
        let is_quiet = engine.rest(turn_is_over) && engine.outbox.is_empty();
        let is_busy = engine.pending() > 0;
        let has_news = !engine.outbox.is_empty();
        drop(engine);
        if turn_is_over && has_news {
            self.shared.tell();
        }
        if is_busy {
            self.thread.wake();
        }
        !is_quiet && !turn_is_over
    }

    /// Nothing is left of it when this returns.
    pub fn end(&self) {
        self.thread.end();
        let mut engine = self.shared.engine();
        self.last_words.get_or_init(|| engine.stats(Instant::now()));
        engine.end();
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.end();
    }
}
