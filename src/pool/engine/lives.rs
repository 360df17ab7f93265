//! How workers come and go.

use super::{position_of, Engine};
use crate::pool::crew::{beat_every, Action, Failure, Sample, Why};
use crate::pool::dispatch::What;
use crate::pool::machine::{self, Machine, Snapshot, Surroundings};
use crate::pool::notes;
use crate::pool::task::WorkerId;
use crate::pool::worker::{Page, Reading, Reception, Stage, Worker, SETUP, TEARDOWN};
use crate::process::{End, ExitStatus};
use std::os::fd::{AsRawFd, OwnedFd};
use std::time::Instant;

/// What shares memory until exec is counted by the kernel from what this process has had: below that nothing is known.
const NEARLY: (u64, u64) = (9, 10);

/// A status that is lost.
const UNKNOWN: ExitStatus = ExitStatus::Code(-1);

impl Engine {
    /// Whether anything was decided.
    pub(super) fn decide(&mut self, now: Instant) -> bool {
        let load = self.dispatcher.load(now);
        if !self.crew.is_due(now, &load) {
            return false;
        }
        let loads: Vec<_> = self.workers.iter().filter_map(|worker| self.dispatcher.worker_load(worker.id)).collect();
        let may_start = !self.outbox.has_enough_words();
        let mut around = Around { machine: &mut self.machine, workers: &self.workers, may_start };
        let actions = self.crew.decide(now, &load, &loads, &mut around);
        let is_any = !actions.is_empty();
        for action in actions {
            if let Action::Start(_) = action {
                // A process takes its time to start: those that were opened may have something to do meanwhile.
                self.give_out(now);
            }
            self.act(action, now);
        }
        is_any
    }

    fn act(&mut self, action: Action, now: Instant) {
        match action {
            Action::Start(id) => self.start(id, now),
            Action::Open { worker, quota } => self.open_worker(worker, quota, now),
            Action::Drain(worker, _) => self.dispatcher.set_open(worker, false),
            Action::End { worker, why, grace } if grace.is_zero() => self.kill(worker, why),
            Action::End { worker, why, .. } => self.part(worker, why),
            Action::Sample => self.sample(now),
            Action::Reject(failure) => {
                let status = match failure {
                    Failure::Exited(status) | Failure::Died(status) => Some(status),
                    _ => None,
                };
                for ended in self.dispatcher.end_all(What::Start, true, now) {
                    self.end_task(&ended, status);
                }
            }
            Action::Note(note) => self.note(&notes::of_crew(&note)),
        }
    }

    fn start(&mut self, id: WorkerId, now: Instant) {
        let mut started = match self.program.start(id, beat_every(&self.settings), self.setup.is_some()) {
            Ok(started) => started,
            Err(error) => return self.crew.start_failed(id, error.errno.raw_os_error(), now),
        };
        let output = std::mem::take(&mut started.output);
        let Engine { hello, max_frame, max_slab, poll, .. } = self;
        let reception = Reception { hello, max_frame: *max_frame, max_slab: *max_slab, poll };
        match Worker::new(id, started, self.memory.loan(), &reception, now) {
            Ok(mut worker) => {
                if let Some(setup) = &self.setup {
                    // It finds that with our hello, whatever keeps this process busy by then. One that is gone will be seen to be.
                    worker.asked.push(SETUP);
                    let _gone = worker.write(setup, &self.poll);
                }
                let numbers = output.each_ref().map(|fd| fd.as_ref().map_or(-1, OwnedFd::as_raw_fd));
                let note = notes::started(id, worker.pid, numbers).to_string();
                self.outbox.add_note(&note, output.into_iter().flatten().collect());
                self.workers.push(worker);
                self.crew.started(id, now);
            }
            Err(errno) => self.crew.start_failed(id, errno.raw_os_error(), now),
        }
    }

    /// Its hello is here.
    pub(super) fn greeted(&mut self, id: WorkerId, now: Instant) {
        let Some(at) = self.position(id) else { return };
        let worker = &mut self.workers[at];
        let Some(line) = &mut worker.line else { return };
        worker.is_foreign = !line.wire.peer().is_some_and(|peer| peer.pool);
        if !self.settings.isolate {
            line.wire.expect_traffic();
        }
        if self.setup.is_some() && !worker.is_foreign {
            worker.stage = Stage::Loading;
        } else {
            self.is_up(id, now);
        }
    }

    pub(super) fn is_up(&mut self, id: WorkerId, now: Instant) {
        let Some(worker) = self.worker(id).filter(|worker| matches!(worker.stage, Stage::Booting | Stage::Loading)) else { return };
        worker.stage = Stage::Up;
        let took = now.duration_since(worker.started);
        self.note(&notes::up(id, took));
        self.metrics.starts.record(took);
        self.crew.up(id, now);
    }

    fn open_worker(&mut self, id: WorkerId, quota: u64, now: Instant) {
        let Some(at) = self.position(id) else { return };
        let weight = self.settings.weights.get(self.crew.place(id)).copied().unwrap_or(1.0);
        // Without a page nobody knows what it has begun: then it counts as a foreign one.
        let is_foreign = !self.workers[at].has_page();
        self.dispatcher.worker_up(id, weight, is_foreign, now);
        self.dispatcher.set_quota(id, quota);
        if !is_foreign {
            self.dispatcher.set_recallable(id);
        }
    }

    fn kill(&mut self, id: WorkerId, why: Why) {
        self.dispatcher.set_open(id, false);
        if let Some(worker) = self.worker(id) {
            worker.kill(why);
        }
    }

    /// It is told to end: its teardown first, where it has one.
    fn part(&mut self, id: WorkerId, why: Why) {
        self.dispatcher.set_open(id, false);
        let Some(at) = self.position(id) else { return };
        let worker = &mut self.workers[at];
        worker.ended.get_or_insert(why);
        let was = std::mem::replace(&mut worker.stage, Stage::Parting);
        if was == Stage::Up && !worker.is_foreign && self.setup.is_some() {
            worker.asked.push(TEARDOWN);
            worker.say(format!("Q{TEARDOWN}=procs.teardown:\n").as_bytes(), &self.poll);
        } else if was != Stage::Parting {
            self.say_goodbye(id);
        }
    }

    /// Nothing more is said to it.
    pub(super) fn say_goodbye(&mut self, id: WorkerId) {
        if let Some(at) = self.position(id) {
            let worker = &mut self.workers[at];
            worker.say(b"X:\n", &self.poll);
            // Ours ends its process by that. Others end with their channel.
            if worker.is_foreign {
                worker.say_no_more(&self.poll);
            }
        }
    }

    /// Its channel is over. What it has begun is known when its process is.
    pub(super) fn hung_up(&mut self, id: WorkerId, is_fault: bool, now: Instant) {
        let Some(at) = self.position(id) else { return };
        let worker = &mut self.workers[at];
        let fault = worker.line.as_ref().and_then(|line| line.wire.fault()).map(ToString::to_string);
        worker.close_line(&self.poll);
        self.dispatcher.set_open(id, false);
        match fault.filter(|_| is_fault) {
            Some(fault) => self.cut_off(id, &fault, now),
            None => self.wait_for_exit(id, now),
        }
    }

    /// Its process is about to end, and others need not wait until it has. What it has said is taken as ever.
    pub(super) fn departs(&mut self, id: WorkerId, now: Instant) {
        let Some(at) = self.position(id) else { return };
        self.workers[at].drop_lifeline(&self.poll);
        self.dispatcher.set_open(id, false);
        self.wait_for_exit(id, now);
    }

    /// Its process has ended: what it has said is taken first.
    pub(super) fn reap(&mut self, id: WorkerId, now: Instant) {
        let Some(at) = self.position(id) else { return };
        let Some(child) = &mut self.workers[at].child else { return };
        let end = match child.try_wait() {
            Ok(None) => return,
            result => result,
        };
        let usage = child.usage();
        // Watched since it was started.
        let _unwatched = self.poll.remove(&*child);
        let mut events = Vec::new();
        if let Some(line) = &mut self.workers[at].line {
            line.drain(&mut self.buffer, &mut events);
        }
        self.said(id, events, now);
        let Some(at) = self.position(id) else { return };
        let mut worker = self.workers.remove(at);
        worker.close_line(&self.poll);
        worker.drop_lifeline(&self.poll);
        let status = match end {
            Ok(Some(End::Exited(status))) => status,
            Ok(Some(End::NotStarted(error))) => {
                self.lose(&mut worker, What::Start, None, now);
                return self.crew.start_failed(id, error.errno.raw_os_error(), now);
            }
            // Somebody else has reaped it: its end is certain, its status is lost.
            Ok(None) | Err(_) => UNKNOWN,
        };
        let what = self.what_became(&worker, status, usage.max_rss);
        self.note(&notes::gone(id, worker.pid, status, what, worker.ended, worker.goodbye.as_deref()));
        let begun = self.lose(&mut worker, what, Some(status).filter(|status| *status != UNKNOWN), now);
        self.crew.gone(id, status, begun, now);
    }

    /// Its tasks end, or go to others, and what it has started is ended. How many it has begun.
    fn lose(&mut self, worker: &mut Worker, what: What, status: Option<ExitStatus>, now: Instant) -> u64 {
        let begun = worker.page.as_ref().filter(|_| worker.has_page()).map(Page::started);
        for ended in self.dispatcher.worker_gone(worker.id, begun, what, now) {
            self.end_task(&ended, status);
        }
        worker.child = None;
        if let Some(tree) = worker.tree.take() {
            let tell = self.tell.clone();
            self.trees.end(tree, move || tell());
        }
        u64::from(worker.begun.or(begun).unwrap_or(worker.written))
    }

    fn what_became(&mut self, worker: &Worker, status: ExitStatus, max_rss: u64) -> What {
        match (worker.ended, status) {
            (Some(Why::Unresponsive), _) => What::Unresponsive,
            (Some(Why::Shutdown), _) => What::Shutdown,
            _ if ran_out_of_memory(worker, status, max_rss) => What::Oom,
            (None, ExitStatus::Signal(libc::SIGKILL)) if self.oom_kills.take() => What::Oom,
            (_, UNKNOWN) => What::Exit(None),
            (_, ExitStatus::Code(code)) => What::Exit(Some(code)),
            (_, ExitStatus::Signal(signal)) => What::Signal(signal),
        }
    }

    pub(super) fn sample(&mut self, now: Instant) {
        // A worker that prints more than a pipe holds stands still until JavaScript has read it, and that is not its fault.
        let was_read = std::mem::take(&mut self.javascript_was_here) || !self.program.is_read();
        for worker in &self.workers {
            let used = machine::sample(worker.pid).unwrap_or_default();
            let reading = worker.page.as_ref().filter(|_| worker.has_page()).map(Page::read);
            let Reading { beats, utilization, .. } = reading.unwrap_or_default();
            let elu = f64::from(utilization) / 1e4;
            let sample = Sample {
                beats: reading.filter(|_| was_read).map(|_| beats),
                rss: used.rss,
                cpu: used.cpu,
                is_runnable: used.is_runnable,
                elu,
            };
            self.crew.sampled(worker.id, &sample, now);
            if reading.is_some() {
                self.dispatcher.set_elu(worker.id, elu);
            }
        }
    }
}

/// The machine, and what workers do with it.
struct Around<'a> {
    machine: &'a mut Machine,
    workers: &'a [Worker],
    may_start: bool,
}

impl Surroundings for Around<'_> {
    fn snapshot(&mut self, now: Instant) -> Snapshot {
        self.machine.snapshot(now)
    }

    fn has_listener(&self) -> bool {
        self.may_start
    }

    fn wants_cpu(&self, id: WorkerId) -> bool {
        let pid = position_of(self.workers, id).map(|at| self.workers[at].pid);
        pid.and_then(machine::sample).is_some_and(|used| used.is_runnable)
    }

    fn wants_threads(&self, id: WorkerId) -> bool {
        let is_silent = position_of(self.workers, id).is_some_and(|at| self.workers[at].stage == Stage::Booting);
        is_silent && !self.wants_cpu(id) && !machine::has_threads()
    }
}

/// V8 aborts where its heap is full, and the kernel kills where there is no memory left: neither says so in the status.
fn ran_out_of_memory(worker: &Worker, status: ExitStatus, max_rss: u64) -> bool {
    let page = worker.page.as_ref().map(Page::read).unwrap_or_default();
    let heap_limit = page.heap_limit;
    match status {
        // V8 ends the process by whatever its compiler makes of a trap.
        ExitStatus::Signal(libc::SIGABRT | libc::SIGTRAP | libc::SIGILL) | ExitStatus::Code(134) if page.heap_full => true,
        ExitStatus::Signal(libc::SIGABRT) | ExitStatus::Code(134) => heap_limit > 0 && max_rss >= heap_limit / NEARLY.1 * NEARLY.0,
        _ => false,
    }
}
