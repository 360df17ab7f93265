//! Commands that wait for their turn: when the next one may be started, of those that JavaScript starts itself with `run()`.

mod settings;
#[cfg(test)]
mod tests;

pub use settings::Settings;

use super::machine::{may_start, Scarce, Surroundings};
use super::metrics::Times;
use super::queue::Queue;
use serde_json::json;
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A process that was started takes its memory, and its share of the CPU, within about that time.
const SETTLING: Duration = Duration::from_secs(1);
/// How often the machine is asked again while it is what holds commands back.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// Each command is in here from `push` to `next`, `remove` or `expired`, whichever comes first, and after `next` it counts until `over`.
#[derive(Debug)]
pub struct Commands {
    settings: Settings,
    queue: Queue,
    waiting: HashMap<u32, Waiting>,
    /// Since when.
    running: HashMap<u32, Instant>,
    /// When those were started that may not have taken yet what they will.
    recent: VecDeque<Instant>,
    /// By when they must have been started, of those that have such a time.
    deadlines: BTreeSet<(Instant, u32)>,
    /// Why the next one was not started, although there is a place for it.
    held: Option<Scarce>,
    wait_time: Times,
    run_time: Times,
}

#[derive(Clone, Copy, Debug)]
struct Waiting {
    since: Instant,
    deadline: Option<Instant>,
}

/// There is no place for it: nothing has happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

impl Commands {
    pub fn new(settings: Settings, now: Instant) -> Self {
        Commands {
            queue: Queue::new(settings.ageing, now),
            settings,
            waiting: HashMap::new(),
            running: HashMap::new(),
            recent: VecDeque::new(),
            deadlines: BTreeSet::new(),
            held: None,
            wait_time: Times::default(),
            run_time: Times::default(),
        }
    }

    /// What waits goes on waiting, and what runs goes on running, by the new numbers. How waiting is worth something stays.
    pub fn configure(&mut self, settings: Settings) {
        self.settings = Settings { ageing: self.settings.ageing, ..settings };
    }

    pub fn queued(&self) -> usize {
        self.queue.len()
    }

    pub fn running(&self) -> usize {
        self.running.len()
    }

    pub fn held(&self) -> Option<Scarce> {
        self.held
    }

    /// `start_within`: past it, it is given up, see [`Commands::expired`]. As many wait as may run besides those that `max_queue` counts, so
    /// that it does not depend on when JavaScript asks for the next one whether there is room.
    pub fn push(
        &mut self,
        id: u32,
        priority: i32,
        key: Option<&Arc<str>>,
        start_within: Option<Duration>,
        now: Instant,
    ) -> Result<(), Full> {
        let places = self.settings.places().saturating_sub(self.running.len());
        if self.queue.len() >= self.settings.max_queue.saturating_add(places) || !self.queue.push(id, priority, key, now) {
            return Err(Full);
        }
        let deadline = start_within.and_then(|within| now.checked_add(within));
        if let Some(deadline) = deadline {
            self.deadlines.insert((deadline, id));
        }
        self.waiting.insert(id, Waiting { since: now, deadline });
        Ok(())
    }

    /// The one that is to be started now.
    pub fn next(&mut self, now: Instant, surroundings: &mut dyn Surroundings) -> Option<u32> {
        self.held = None;
        if self.queue.is_empty() || self.running.len() >= self.settings.places() {
            return None;
        }
        if let Err(scarce) = self.bears_one_more(now, surroundings) {
            self.held = Some(scarce);
            return None;
        }
        let id = self.queue.pop()?;
        if let Some(waited) = self.forget(id) {
            self.wait_time.record(now.saturating_duration_since(waited.since));
        }
        self.running.insert(id, now);
        Some(id)
    }

    fn bears_one_more(&mut self, now: Instant, surroundings: &mut dyn Surroundings) -> Result<(), Scarce> {
        let limits = &self.settings.machine;
        if limits.is_none() {
            return Ok(());
        }
        while self.recent.front().is_some_and(|started| now.saturating_duration_since(*started) >= SETTLING) {
            self.recent.pop_front();
        }
        match may_start(&surroundings.snapshot(now), self.recent.len() + 1, limits) {
            // Others keep the CPUs busy: that is no reason to do nothing at all.
            Err(Scarce::Cpu) if self.running.is_empty() => {}
            result => result?,
        }
        self.recent.push_back(now);
        Ok(())
    }

    /// One that was given out is over.
    pub fn over(&mut self, id: u32, now: Instant) {
        if let Some(since) = self.running.remove(&id) {
            self.run_time.record(now.saturating_duration_since(since));
        }
    }

    /// Nobody wants it any more. Whether it waited.
    pub fn remove(&mut self, id: u32) -> bool {
        self.forget(id);
        self.queue.remove(id)
    }

    /// One that has waited too long, and does not wait any more.
    pub fn expired(&mut self, now: Instant) -> Option<u32> {
        let (deadline, id) = *self.deadlines.first()?;
        if deadline > now {
            return None;
        }
        self.remove(id);
        Some(id)
    }

    /// How long nothing will change, but by what comes and what is over. None: for ever.
    pub fn wait(&self, now: Instant) -> Option<Duration> {
        let deadline = self.deadlines.first().map(|(deadline, _)| deadline.saturating_duration_since(now));
        let look = self.held.map(|_| LOOK_AGAIN);
        deadline.into_iter().chain(look).min()
    }

    fn forget(&mut self, id: u32) -> Option<Waiting> {
        let waited = self.waiting.remove(&id)?;
        if let Some(deadline) = waited.deadline {
            self.deadlines.remove(&(deadline, id));
        }
        Some(waited)
    }

    /// JSON: what there is now, and how long those waited that were started, and ran that are over.
    pub fn stats(&self) -> String {
        json!({
            "queued": self.queued(),
            "running": self.running(),
            "held": self.held.map(Scarce::name),
            "waitTime": self.wait_time.to_json(),
            "runTime": self.run_time.to_json(),
        })
        .to_string()
    }
}
