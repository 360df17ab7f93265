//! Commands that wait for their turn: when the next one may be started, of those that JavaScript starts itself with `run()`.

mod settings;
#[cfg(test)]
mod tests;

pub use settings::Settings;

use super::machine::{may_start, Scarce, Surroundings};
use super::queue::Queue;
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
    running: usize,
    /// When those were started that may not have taken yet what they will.
    recent: VecDeque<Instant>,
    /// By when they must have been started, of those that have such a time.
    deadlines: BTreeSet<(Instant, u32)>,
    deadline_of: HashMap<u32, Instant>,
    /// Why the next one was not started, although there is a place for it.
    held: Option<Scarce>,
}

/// There is no place for it: nothing has happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

impl Commands {
    pub fn new(settings: Settings, now: Instant) -> Self {
        Commands {
            queue: Queue::new(settings.ageing, now),
            settings,
            running: 0,
            recent: VecDeque::new(),
            deadlines: BTreeSet::new(),
            deadline_of: HashMap::new(),
            held: None,
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
        self.running
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
        let places = self.settings.places().saturating_sub(self.running);
        if self.queue.len() >= self.settings.max_queue.saturating_add(places) || !self.queue.push(id, priority, key, now) {
            return Err(Full);
        }
        if let Some(deadline) = start_within.and_then(|within| now.checked_add(within)) {
            self.deadlines.insert((deadline, id));
            self.deadline_of.insert(id, deadline);
        }
        Ok(())
    }

    /// The one that is to be started now.
    pub fn next(&mut self, now: Instant, surroundings: &mut dyn Surroundings) -> Option<u32> {
        self.held = None;
        if self.queue.is_empty() || self.running >= self.settings.places() {
            return None;
        }
        if let Err(scarce) = self.bears_one_more(now, surroundings) {
            self.held = Some(scarce);
            return None;
        }
        let id = self.queue.pop()?;
        self.forget_deadline(id);
        self.running += 1;
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
            Err(Scarce::Cpu) if self.running == 0 => {}
            result => result?,
        }
        self.recent.push_back(now);
        Ok(())
    }

    /// One that was given out is over.
    pub fn over(&mut self) {
        self.running = self.running.saturating_sub(1);
    }

    /// Nobody wants it any more. Whether it waited.
    pub fn remove(&mut self, id: u32) -> bool {
        self.forget_deadline(id);
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

    fn forget_deadline(&mut self, id: u32) {
        if let Some(deadline) = self.deadline_of.remove(&id) {
            self.deadlines.remove(&(deadline, id));
        }
    }
}
