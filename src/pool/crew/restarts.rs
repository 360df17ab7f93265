//! When a start may be tried again after others have failed: back-off, and systemd's and OTP's bound on attempts in a window.

use super::action::Failure;
use super::random::Random;
use crate::pool::settings::{Backoff, Settings};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// A failure that may pass is not told to those who wait before it has come so often in a row.
const PATIENCE: u32 = 3;
const SHORTEST: Duration = Duration::from_millis(1);

#[derive(Debug)]
pub struct Restarts {
    backoff: Backoff,
    /// None: as many as there are.
    most: Option<u32>,
    window: Duration,
    /// Failures in a row.
    row: u32,
    last: Option<(Failure, Instant)>,
    /// No start before.
    hold: Option<Instant>,
    /// Attempts after a failure, those of the last `window`.
    attempts: VecDeque<Instant>,
    /// It was told that there will be no more of them.
    gave_up: bool,
}

/// What a failure means for those who wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// None: not before the pool is configured anew.
    pub retry: Option<Duration>,
    /// Tasks that wait are to end with it, if nobody else can run them.
    pub reject: bool,
    /// `maxRestarts` are used up, since just now.
    pub gave_up: bool,
    /// It was under way when another one failed: it says nothing new.
    pub known: bool,
}

impl Restarts {
    pub fn new(settings: &Settings) -> Self {
        let mut restarts = Restarts {
            backoff: settings.backoff,
            most: None,
            window: Duration::ZERO,
            row: 0,
            last: None,
            hold: None,
            attempts: VecDeque::new(),
            gave_up: false,
        };
        restarts.configure(settings);
        restarts
    }

    /// Who configures wants to see what comes of it: what was given up is tried again.
    pub fn configure(&mut self, settings: &Settings) {
        self.backoff = settings.backoff;
        self.most = settings.max_restarts;
        self.window = settings.restart_window;
        self.proved();
    }

    /// Starts fail: one is tried at a time.
    pub fn is_probing(&self) -> bool {
        self.row > 0
    }

    pub fn may_start(&mut self, now: Instant) -> bool {
        if self.hold.is_some_and(|hold| now < hold) {
            return false;
        }
        self.row == 0 || self.is_allowed(now)
    }

    fn is_allowed(&mut self, now: Instant) -> bool {
        let Some(most) = self.most else { return true };
        while self.attempts.front().is_some_and(|first| now.saturating_duration_since(*first) >= self.window) {
            self.attempts.pop_front();
        }
        self.attempts.len() < most as usize
    }

    /// When `may_start` is worth asking again. None: it is no matter of time.
    pub fn next(&self) -> Option<Instant> {
        if self.row == 0 {
            return None;
        }
        let free = match self.most {
            Some(0) => return None,
            Some(most) if self.attempts.len() >= most as usize => self.attempts.front().map(|first| *first + self.window),
            _ => None,
        };
        self.hold.max(free)
    }

    /// A start is made.
    pub fn started(&mut self, now: Instant) {
        self.gave_up = false;
        if self.row > 0 && self.most.is_some() {
            self.attempts.push_back(now);
        }
    }

    /// `begun`: when the start that failed was made. `was_up`: it did get there.
    pub fn failed(&mut self, failure: Failure, begun: Instant, was_up: bool, random: &mut Random, now: Instant) -> Verdict {
        let passing = failure.is_passing();
        let known = self.last.as_ref().is_some_and(|(_, at)| self.row > 0 && begun < *at);
        if !known {
            self.row += 1;
            // Who was up and has gone, once, is replaced at once.
            let steps = if was_up { self.row - 1 } else { self.row };
            self.hold = (steps > 0).then(|| now + self.delay(steps, random));
            self.last = Some((failure, now));
        }
        let gave_up = self.has_given_up(now);
        let had_given_up = std::mem::replace(&mut self.gave_up, gave_up);
        Verdict {
            retry: if self.most == Some(0) {
                None
            } else {
                Some(self.next().map_or(Duration::ZERO, |at| at.saturating_duration_since(now)))
            },
            reject: gave_up || self.row >= PATIENCE || !(passing || was_up),
            gave_up: gave_up && !had_given_up,
            known,
        }
    }

    fn delay(&self, steps: u32, random: &mut Random) -> Duration {
        let Backoff { initial, max, factor, jitter } = self.backoff;
        let longest = max.max(initial).as_secs_f64();
        let grown = initial.as_secs_f64() * factor.powi(steps as i32 - 1);
        // Never at once: whoever cannot be started would be tried again and again within one turn.
        Duration::from_secs_f64(grown.min(longest) * random.below_one(jitter)).max(SHORTEST)
    }

    /// What failed last, while no attempt is allowed.
    pub fn given_up(&mut self, now: Instant) -> Option<&Failure> {
        if self.has_given_up(now) {
            self.last.as_ref().map(|(failure, _)| failure)
        } else {
            None
        }
    }

    fn has_given_up(&mut self, now: Instant) -> bool {
        self.row > 0 && !self.is_allowed(now)
    }

    /// A worker is up: others may follow.
    pub fn up(&mut self) {
        self.hold = None;
    }

    /// A worker has done something, or has lived long enough. true: starts had failed before.
    pub fn proved(&mut self) -> bool {
        self.hold = None;
        self.gave_up = false;
        self.attempts.clear();
        std::mem::take(&mut self.row) > 0
    }
}
