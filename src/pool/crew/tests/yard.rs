//! A crew in invented time, and what whoever drives it would know.

use crate::pool::crew::{Action, Crew, Note, Sample, State, Why};
use crate::pool::dispatch::{Load, WorkerLoad};
use crate::pool::machine::{Snapshot, Surroundings};
use crate::pool::settings::Settings;
use crate::pool::task::WorkerId;
use crate::process::ExitStatus;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

pub struct Yard {
    pub crew: Crew,
    pub start: Instant,
    pub now: Instant,
    pub load: Load,
    pub loads: BTreeMap<WorkerId, WorkerLoad>,
    pub machine: Snapshot,
    /// Those that would go on if they had a CPU.
    pub wants_cpu: Vec<WorkerId>,
    pub wants_threads: Vec<WorkerId>,
    /// Of what there is to be told of workers nobody has heard much.
    pub is_deaf: bool,
    pub notes: Vec<Note>,
}

struct Around<'a> {
    machine: Snapshot,
    wants_cpu: &'a [WorkerId],
    wants_threads: &'a [WorkerId],
    is_deaf: bool,
}

impl Surroundings for Around<'_> {
    fn snapshot(&mut self, _now: Instant) -> Snapshot {
        self.machine
    }

    fn has_listener(&self) -> bool {
        !self.is_deaf
    }

    fn wants_cpu(&self, worker: WorkerId) -> bool {
        self.wants_cpu.contains(&worker)
    }

    fn wants_threads(&self, worker: WorkerId) -> bool {
        self.wants_threads.contains(&worker)
    }
}

impl Surroundings for Snapshot {
    fn snapshot(&mut self, _now: Instant) -> Snapshot {
        *self
    }
}

pub fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// Nothing in them happens by chance or by the way.
pub fn settings(min: usize, max: usize) -> Settings {
    let mut settings = Settings { min_workers: min, max_workers: max, recycle_jitter: 0.0, ..Settings::default() };
    settings.backoff.jitter = 0.0;
    settings
}

impl Yard {
    pub fn new(settings: &Settings) -> Self {
        Yard::with_cpus(settings, 64)
    }

    pub fn with_cpus(settings: &Settings, cpus: usize) -> Self {
        let now = Instant::now();
        Yard {
            crew: Crew::new(settings, cpus, 1),
            start: now,
            now,
            load: Load::default(),
            loads: BTreeMap::new(),
            machine: Snapshot::default(),
            wants_cpu: Vec::new(),
            wants_threads: Vec::new(),
            is_deaf: false,
            notes: Vec::new(),
        }
    }

    /// Notes are put aside.
    pub fn decide(&mut self) -> Vec<Action> {
        let loads: Vec<WorkerLoad> = self.loads.values().copied().collect();
        let Yard { wants_cpu, wants_threads, machine, is_deaf, .. } = self;
        let mut around = Around { machine: *machine, wants_cpu, wants_threads, is_deaf: *is_deaf };
        let actions = self.crew.decide(self.now, &self.load, &loads, &mut around);
        for action in &actions {
            if let Action::Open { worker, .. } = action {
                self.loads.insert(*worker, idle(*worker, self.now));
            }
        }
        let (notes, actions) = actions.into_iter().partition(|action| matches!(action, Action::Note(_)));
        self.notes.extend(Vec::into_iter(notes).filter_map(|note| if let Action::Note(note) = note { Some(note) } else { None }));
        actions
    }

    pub fn pass(&mut self, milliseconds: u64) -> Vec<Action> {
        self.now += ms(milliseconds);
        self.decide()
    }

    /// Until the next time that the crew wants to be asked.
    pub fn pass_to_deadline(&mut self) -> Vec<Action> {
        self.now = self.now.max(self.crew.next_deadline().expect("it waits for nothing"));
        self.decide()
    }

    pub fn queue(&mut self, queued: usize) {
        self.load.queued = queued;
    }

    /// Gets up all that start.
    pub fn all_up(&mut self) -> Vec<Action> {
        for id in self.in_state(State::Starting) {
            self.crew.up(id, self.now);
        }
        self.decide()
    }

    /// With so many tasks.
    pub fn busy(&mut self, worker: WorkerId, window: usize) {
        let load = self.loads.get_mut(&worker).expect("it is not open");
        load.window = window;
        load.idle_since = None;
    }

    pub fn all_busy(&mut self) {
        for id in self.in_state(State::Open) {
            self.busy(id, 1);
        }
    }

    /// It has answered what it has.
    pub fn answer(&mut self, worker: WorkerId) {
        let load = self.loads.get_mut(&worker).expect("it is not open");
        load.done += load.window as u64;
        load.window = 0;
        load.idle_since = Some(self.now);
    }

    /// It may have no more.
    pub fn spent(&mut self, worker: WorkerId) {
        self.loads.get_mut(&worker).expect("it is not open").spent = true;
    }

    pub fn gone(&mut self, worker: WorkerId, status: ExitStatus) {
        let begun = self.loads.remove(&worker).map_or(0, |load| load.done + load.window as u64);
        self.crew.gone(worker, status, begun, self.now);
    }

    /// Whoever was told to end does.
    pub fn all_gone(&mut self) {
        for id in self.in_state(State::Ending).into_iter().chain(self.in_state(State::Killed)) {
            self.gone(id, ExitStatus::Code(0));
        }
    }

    pub fn sample(&mut self, worker: WorkerId, sample: Sample) {
        self.crew.sampled(worker, &sample, self.now);
    }

    pub fn in_state(&self, state: State) -> Vec<WorkerId> {
        self.crew.workers().iter().filter(|worker| worker.state == state).map(|worker| worker.id).collect()
    }
}

fn idle(worker: WorkerId, now: Instant) -> WorkerLoad {
    WorkerLoad { worker, window: 0, done: 0, idle_since: Some(now), open: true, spent: false }
}

pub fn starts(ids: std::ops::RangeInclusive<WorkerId>) -> Vec<Action> {
    ids.map(Action::Start).collect()
}

pub fn open(worker: WorkerId) -> Action {
    Action::Open { worker, quota: u64::MAX }
}

pub fn end(worker: WorkerId, why: Why) -> Action {
    Action::End { worker, why, grace: Settings::default().teardown_timeout }
}

pub fn kill(worker: WorkerId, why: Why) -> Action {
    Action::End { worker, why, grace: Duration::ZERO }
}

pub fn killed() -> ExitStatus {
    ExitStatus::Signal(9)
}
