//! How many workers there are, and what becomes of each: a machine of states that knows neither processes nor the clock.
//!
//! A worker is started, is up, waits as a spare or is open for tasks, drains, and ends. Whoever drives it says what has happened
//! (`started`, `up`, `gone`, …) and asks with [`Crew::decide`] what is to be done.

mod action;
mod count;
mod decide;
mod grow;
mod heartbeat;
mod part;
mod random;
mod recycle;
mod restarts;
mod scale;
#[cfg(test)]
mod tests;
mod worker;

pub use action::{Action, Failure, Note, Why};
pub use worker::{Sample, State, Worker};

use super::dispatch::Load;
use super::machine::Scarce;
use super::settings::Settings;
use super::task::WorkerId;
use crate::process::ExitStatus;
use random::Random;
use restarts::Restarts;
use scale::StartTime;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A worker that lived for so long was no failed start.
const PROVEN: Duration = Duration::from_secs(10);

/// Until a start is tried again that the machine had too little of something for, where others do the work.
const STARVED: Duration = Duration::from_secs(1);

/// Where nobody waits for it, it is for those who look at statistics.
const BEAT: Duration = Duration::from_secs(1);

/// What has happened so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    pub started: u64,
    /// Starts that came to nothing.
    pub failed: u64,
    /// Workers that ended without having been told to.
    pub crashed: u64,
    /// Workers that were ended, by why.
    pub ended: BTreeMap<Why, u64>,
}

impl Totals {
    /// Workers that were started in the place of one that failed.
    pub fn restarts(&self) -> u64 {
        let faults = [Why::Unresponsive, Why::Task, Why::Protocol];
        self.crashed + faults.iter().filter_map(|why| self.ended.get(why)).sum::<u64>()
    }
}

/// How often a worker is to say that its event loop turns, and how busy it is.
pub fn beat_every(settings: &Settings) -> Duration {
    // Looked at four times in that time, see `sample_every`.
    settings.unresponsive_timeout.map_or(BEAT, |timeout| (timeout / 4).clamp(Duration::from_millis(5), BEAT))
}

#[derive(Debug)]
pub struct Crew {
    settings: Settings,
    /// CPUs that we may use.
    cpus: usize,
    /// One of them is this process's for now.
    is_opening: bool,
    random: Random,
    /// By id: each new one is the highest.
    workers: Vec<Worker>,
    last_id: WorkerId,
    restarts: Restarts,
    start_time: StartTime,
    saturation: scale::Saturation,
    phase: Phase,
    /// To be said with the next decision.
    notes: Vec<Note>,
    /// Tasks that wait are to end with it if there is nobody else.
    rejection: Option<Failure>,
    /// Something has happened since the last decision.
    is_changed: bool,
    deadline: Option<Instant>,
    /// When it was asked last.
    looked: Instant,
    last_queued: usize,
    last_answered: u64,
    next_sample: Option<Instant>,
    is_over: bool,
    is_above_soft_limit: bool,
    scarce: Option<Scarce>,
    /// What the last start that failed has found too little of, while other workers are there; and until when none is tried again.
    starved: Option<(Scarce, Instant)>,
    totals: Totals,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Running,
    /// What is there is done, and no more.
    Closing,
    /// Workers have so much time.
    Destroying(Duration),
}

impl Crew {
    /// `cpus`: that we may use, at least 1. So many processes boot at the same time: more would all be up later.
    pub fn new(settings: &Settings, cpus: usize, seed: u64) -> Self {
        Crew {
            settings: settings.clone(),
            cpus: cpus.max(1),
            is_opening: false,
            random: Random::new(seed),
            workers: Vec::new(),
            last_id: 0,
            restarts: Restarts::new(settings),
            start_time: StartTime::default(),
            saturation: scale::Saturation::default(),
            phase: Phase::Running,
            notes: Vec::new(),
            rejection: None,
            is_changed: true,
            deadline: None,
            looked: Instant::now(),
            last_queued: 0,
            last_answered: 0,
            next_sample: None,
            is_over: false,
            is_above_soft_limit: false,
            scarce: None,
            starved: None,
            totals: Totals::default(),
        }
    }

    /// Workers that are there keep the life that they were given.
    pub fn configure(&mut self, settings: &Settings) {
        self.settings = settings.clone();
        self.restarts.configure(settings);
        self.is_changed = true;
    }

    /// Whoever opens the pool has something to do itself until this is false again: it is done sooner, and the first worker is up sooner, when they
    /// need not share a CPU.
    pub fn set_opening(&mut self, is_opening: bool) {
        self.is_opening = is_opening;
        self.is_changed = true;
    }

    /// The process is there: `startTimeout` counts from here.
    pub fn started(&mut self, id: WorkerId, now: Instant) {
        self.is_changed = true;
        if let Some(worker) = self.find(id) {
            worker.begun = now;
            self.starved = None;
        }
    }

    /// There is no process.
    pub fn start_failed(&mut self, id: WorkerId, errno: i32, now: Instant) {
        let Some(worker) = self.remove(id) else { return };
        // Who was told to end meanwhile has nothing to tell by it.
        if worker.state != State::Starting {
            return;
        }
        if !self.others_do_it(errno, now) {
            self.failed(&worker, Failure::Spawn(errno), now);
        }
    }

    /// Those that are there do the work: then it is no failure that there is too little of something, and there is room again when one of them has
    /// gone, or somebody else.
    fn others_do_it(&mut self, errno: i32, now: Instant) -> bool {
        let Some(scarce) = Scarce::of(errno).filter(|_| self.count().coming() > 0) else { return false };
        self.starved = Some((scarce, now + STARVED));
        if self.scarce != Some(scarce) {
            self.scarce = Some(scarce);
            self.notes.push(Note::Scarce(scarce));
        }
        true
    }

    /// Its process is there, and does not get the threads that it wants: it will not get up.
    fn lacks_threads(&mut self, id: WorkerId, now: Instant) {
        let Some(at) = self.position(id) else { return };
        let begun = self.workers[at].begun;
        self.kill_next(id, Why::StartTimeout, now);
        if !self.others_do_it(libc::EAGAIN, now) {
            self.note_failure(id, Failure::Spawn(libc::EAGAIN), begun, false, now);
        }
    }

    /// What has kept workers from being started may be over.
    pub fn look_again(&mut self) {
        self.is_changed = true;
    }

    /// Its setup is done.
    pub fn up(&mut self, id: WorkerId, now: Instant) {
        self.is_changed = true;
        let Some(at) = self.position(id) else { return };
        let worker = &mut self.workers[at];
        if worker.state != State::Starting {
            return;
        }
        worker.state = State::Spare;
        worker.up = Some(now);
        let took = now.saturating_duration_since(worker.begun);
        worker.life = recycle::Life::new(&self.settings, &mut self.random, now);
        self.start_time.took(took);
        self.restarts.up();
        self.rejection = None;
    }

    /// `error`: what it answered, JSON. It is ended.
    pub fn setup_failed(&mut self, id: WorkerId, error: Arc<str>, now: Instant) {
        self.fail(id, Failure::Setup(error), Why::Setup, now);
    }

    /// It has to go at once, for a reason that others have found.
    pub fn condemn(&mut self, id: WorkerId, why: Why, now: Instant) {
        let Some(worker) = self.find(id) else { return };
        if worker.state == State::Starting {
            return self.fail(id, Failure::Protocol, why, now);
        }
        self.is_changed = true;
        self.kill_next(id, why, now);
    }

    /// Its channel is over, and nobody has told it to end: it is about to, or is ended after that time. Others need not wait for it.
    pub fn leaving(&mut self, id: WorkerId, by: Instant) {
        let Some(worker) = self.find(id) else { return };
        if worker.state.is_ending() {
            return;
        }
        worker.end_by = Some(by);
        // Why one that is not up yet leaves is known when it has gone, and others would do as it does.
        if worker.state != State::Starting {
            worker.left_as = Some(worker.state);
            worker.state = State::Ending;
        }
        self.is_changed = true;
    }

    /// Which of the workers it is, from 0: one that takes the place of another has its number.
    pub fn place(&self, id: WorkerId) -> usize {
        self.position(id).map_or(0, |at| self.workers[at].place)
    }

    /// Is ended with the next decision.
    fn kill_next(&mut self, id: WorkerId, why: Why, now: Instant) {
        let Some(worker) = self.find(id) else { return };
        if worker.state == State::Killed {
            return;
        }
        worker.end_by = Some(now);
        if worker.state != State::Ending {
            worker.state = State::Ending;
            worker.why = Some(why);
            *self.totals.ended.entry(why).or_default() += 1;
        }
    }

    /// It did not get up. What is left of it is ended.
    fn fail(&mut self, id: WorkerId, failure: Failure, why: Why, now: Instant) {
        let Some(at) = self.position(id) else { return };
        if self.workers[at].state != State::Starting {
            return;
        }
        self.kill_next(id, why, now);
        let begun = self.workers[at].begun;
        self.note_failure(id, failure, begun, false, now);
    }

    /// It is reaped. `begun`: tasks that it began in its life.
    pub fn gone(&mut self, id: WorkerId, status: ExitStatus, begun: u64, now: Instant) {
        let Some(worker) = self.remove(id) else { return };
        // What it had is free.
        self.starved = self.starved.map(|(scarce, _)| (scarce, now));
        if begun > 0 && !worker.proven {
            self.proved();
        }
        match worker.left_as.unwrap_or(worker.state) {
            State::Starting => self.failed(&worker, Failure::Exited(status), now),
            state if state.is_ending() => {}
            _ => {
                self.totals.crashed += 1;
                let lived = worker.up.is_some_and(|up| now.saturating_duration_since(up) >= PROVEN);
                if begun == 0 && worker.done == 0 && !lived {
                    self.note_failure(id, Failure::Died(status), worker.begun, true, now);
                }
            }
        }
    }

    fn failed(&mut self, worker: &Worker, failure: Failure, now: Instant) {
        self.note_failure(worker.id, failure, worker.begun, false, now);
    }

    fn note_failure(&mut self, worker: WorkerId, failure: Failure, begun: Instant, was_up: bool, now: Instant) {
        self.is_changed = true;
        self.totals.failed += 1;
        let verdict = self.restarts.failed(failure.clone(), begun, was_up, &mut self.random, now);
        if verdict.reject {
            self.rejection = Some(failure.clone());
        }
        self.notes.push(Note::StartFailed { worker, failure: failure.clone(), retry: verdict.retry });
        if verdict.gave_up {
            self.notes.push(Note::GaveUp { failure, until: verdict.retry });
        }
    }

    fn proved(&mut self) {
        if self.restarts.proved() {
            self.notes.push(Note::Recovered);
            self.is_changed = true;
        }
    }

    /// What was seen of it, when `Action::Sample` asked for it or at any other time.
    pub fn sampled(&mut self, id: WorkerId, sample: &Sample, now: Instant) {
        let every = self.sample_every();
        let Some(worker) = self.find(id) else { return };
        worker.sample = *sample;
        if let (Some(every), Some(_)) = (every, worker.up) {
            worker.heartbeat.seen(sample, every, now);
        }
        self.is_changed = true;
    }

    /// Nothing is accepted any more; workers end when what is there is done.
    pub fn close(&mut self) {
        if self.phase == Phase::Running {
            self.phase = Phase::Closing;
            self.is_changed = true;
        }
    }

    /// Workers end now. A later call may shorten the grace.
    pub fn destroy(&mut self, grace: Duration, now: Instant) {
        let grace = match self.phase {
            Phase::Destroying(before) => grace.min(before),
            _ => grace,
        };
        self.phase = Phase::Destroying(grace);
        self.is_changed = true;
        let by = now + grace;
        for worker in self.workers.iter_mut().filter(|worker| worker.state == State::Ending) {
            worker.end_by = Some(worker.end_by.map_or(by, |before| before.min(by)));
        }
    }

    /// It was closed or destroyed, and every process is reaped.
    pub fn is_over(&self) -> bool {
        self.is_over
    }

    /// Whether [`Crew::decide`] may have something to say. Cheap.
    pub fn is_due(&mut self, now: Instant, load: &Load) -> bool {
        if load.queued == 0 {
            self.last_queued = 0;
        }
        self.is_changed
            || load.spent > 0
            || self.deadline.is_some_and(|deadline| deadline <= now)
            || (load.queued > 0 && (self.last_queued == 0 || load.queued / 2 > self.last_queued))
            || (load.prefetched > 0 && !self.saturation.is_watched())
            || (load.running > 0 && self.next_sample.is_none() && self.sample_every().is_some())
            // Who is idle and has done something by now stands in the way of a task that wants a process of its own.
            || load.queued_isolated > 0
            // The first answer says that starts succeed again.
            || (self.restarts.is_probing() && load.answered != self.last_answered)
            || self.looks_always()
    }

    /// What ends a worker is in its load, and nobody tells.
    fn looks_always(&self) -> bool {
        self.phase != Phase::Running
            || self.settings.max_tasks_per_worker.is_some()
            || self.workers.iter().any(|worker| worker.state == State::Draining)
    }

    /// When to decide again, though nothing happens before.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.deadline
    }

    pub fn state(&self, id: WorkerId) -> Option<State> {
        self.position(id).map(|at| self.workers[at].state)
    }

    /// By id.
    pub fn workers(&self) -> &[Worker] {
        &self.workers
    }

    pub fn totals(&self) -> &Totals {
        &self.totals
    }

    fn position(&self, id: WorkerId) -> Option<usize> {
        self.workers.binary_search_by_key(&id, |worker| worker.id).ok()
    }

    fn find(&mut self, id: WorkerId) -> Option<&mut Worker> {
        self.position(id).map(|at| &mut self.workers[at])
    }

    fn remove(&mut self, id: WorkerId) -> Option<Worker> {
        self.is_changed = true;
        self.position(id).map(|at| self.workers.remove(at))
    }
}
