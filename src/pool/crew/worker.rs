//! What the crew knows of one worker.

use super::action::Why;
use super::decide::EVERY;
use super::heartbeat::Heartbeat;
use super::recycle::Life;
use crate::pool::task::WorkerId;
use std::time::{Duration, Instant};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Not up yet.
    Starting,
    /// Up, and kept for when it is wanted.
    Spare,
    /// Gets tasks.
    Open,
    /// Gets no more of them.
    Draining,
    /// Was told to end, and has time to.
    Ending,
    /// Its tree was killed.
    Killed,
}

impl State {
    pub fn name(self) -> &'static str {
        match self {
            State::Starting => "starting",
            State::Spare => "spare",
            State::Open => "open",
            State::Draining => "draining",
            State::Ending | State::Killed => "ending",
        }
    }

    pub fn is_ending(self) -> bool {
        matches!(self, State::Ending | State::Killed)
    }
}

#[derive(Debug)]
pub struct Worker {
    pub id: WorkerId,
    pub state: State,
    /// When its start was asked for.
    pub begun: Instant,
    /// Of the time since then, what does not count: nobody was there to look, and it may not have run either.
    pub excused: Duration,
    /// While it is not up: when to look at it.
    pub look_at: Instant,
    pub up: Option<Instant>,
    /// Since when it has been open.
    pub opened: Option<Instant>,
    pub life: Life,
    pub heartbeat: Heartbeat,
    pub why: Option<Why>,
    /// What it was when its channel was over, and nobody had told it to end.
    pub left_as: Option<State>,
    /// The lowest that none of the others had when it was opened, from 0.
    pub place: usize,
    /// When it is killed if it has not ended.
    pub end_by: Option<Instant>,
    /// It has begun a task, or was there for long: its start was none that failed.
    pub proven: bool,
    pub sample: Sample,
    pub window: usize,
    pub done: u64,
    pub idle_since: Option<Instant>,
    pub spent: bool,
}

/// What was seen of a worker.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sample {
    /// How often its event loop has said that it turns. None: it does not say.
    pub beats: Option<u32>,
    /// Bytes resident.
    pub rss: u64,
    /// User and system time so far.
    pub cpu: Duration,
    /// It runs, or waits for a CPU and for nothing else.
    pub is_runnable: bool,
    /// 0 to 1: how much of the last beat's time its event loop was busy.
    pub elu: f64,
}

impl Worker {
    pub fn new(id: WorkerId, now: Instant) -> Self {
        Worker {
            id,
            state: State::Starting,
            begun: now,
            excused: Duration::ZERO,
            look_at: now + EVERY,
            up: None,
            opened: None,
            life: Life::default(),
            heartbeat: Heartbeat::default(),
            why: None,
            left_as: None,
            place: 0,
            end_by: None,
            proven: false,
            sample: Sample::default(),
            window: 0,
            done: 0,
            idle_since: None,
            spent: false,
        }
    }

    /// From when on the time of its start counts.
    pub fn counted_from(&self) -> Instant {
        self.begun + self.excused
    }

    /// Since when it has had nothing to do. None: it has.
    pub fn idle_since(&self) -> Option<Instant> {
        (self.window == 0).then(|| self.idle_since.max(self.opened).unwrap_or(self.begun))
    }

    /// Tasks that it was given in its life.
    pub fn given(&self) -> u64 {
        self.done + self.window as u64
    }

    /// It goes because another one takes its place.
    pub fn is_recycled(&self) -> bool {
        self.why.is_some_and(Why::is_recycling)
    }
}
