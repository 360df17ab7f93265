//! With invented time and invented workers.

mod balance;
mod ends;
mod windows;
mod world;

use super::*;
use crate::pool::settings::Prefetch;

pub fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// A dispatcher, and the time it is told.
pub struct Bench {
    pub dispatcher: Dispatcher,
    pub now: Instant,
}

impl Bench {
    /// Two workers of ours, 1 and 2, are up. Nothing is prefetched.
    pub fn new(change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = Settings { max_workers: 2, prefetch: Prefetch::Tasks(0), ..Settings::default() };
        change(&mut settings);
        let now = Instant::now();
        let mut bench = Bench { dispatcher: Dispatcher::new(&settings, now), now };
        bench.up(1);
        bench.up(2);
        bench
    }

    pub fn up(&mut self, worker: WorkerId) {
        self.dispatcher.worker_up(worker, 1.0, false, self.now);
        self.dispatcher.set_recallable(worker);
    }

    pub fn pass(&mut self, milliseconds: u64) {
        self.now += ms(milliseconds);
    }

    pub fn task(&self, id: TaskId) -> Task {
        Task::new(id, Frame::line(*b"Q1:1\n"), self.now)
    }

    pub fn submit(&mut self, id: TaskId, change: impl FnOnce(&mut Task)) {
        let mut task = self.task(id);
        change(&mut task);
        assert!(self.dispatcher.submit(task, self.now).is_ok());
    }

    pub fn submit_all(&mut self, ids: impl IntoIterator<Item = TaskId>) {
        ids.into_iter().for_each(|id| self.submit(id, |_| ()));
    }

    /// Who gets what now.
    pub fn give(&mut self) -> Vec<(WorkerId, TaskId)> {
        let given = std::iter::from_fn(|| self.dispatcher.next(self.now)).collect();
        self.dispatcher.check();
        given
    }

    pub fn answer(&mut self, worker: WorkerId, task: TaskId) -> Answered {
        let answered = self.dispatcher.answered(worker, task, self.now);
        self.dispatcher.check();
        answered
    }

    pub fn delivered(&mut self, worker: WorkerId, task: TaskId) {
        assert!(matches!(self.answer(worker, task), Answered::Deliver { .. }), "{task}");
    }

    pub fn gone(&mut self, worker: WorkerId, begun: u32, what: What) -> Vec<(TaskId, What)> {
        let ended = self.dispatcher.worker_gone(worker, Some(begun), what, self.now);
        self.dispatcher.check();
        ended.into_iter().map(|ended| (ended.task, ended.what)).collect()
    }

    pub fn expire(&mut self) -> Vec<Expired> {
        let expired = self.dispatcher.expire(self.now);
        self.dispatcher.check();
        expired
    }
}

impl Dispatcher {
    /// What is counted is what is there.
    pub fn check(&self) {
        let slots: Vec<&Slot> = self.ids.iter().map(|(_, slot)| &self.slots[slot]).collect();
        let of = |state: State| slots.iter().filter(|slot| slot.state == state).count();
        assert_eq!((of(State::Free), self.slots.len()), (0, slots.len()));
        assert_eq!(of(State::Waiting), self.queued);
        assert_eq!(slots.iter().filter(|slot| slot.state == State::Waiting && slot.for_worker() != 0).count(), self.queued_own);
        assert_eq!(slots.iter().map(|slot| slot.size as usize).sum::<usize>(), self.bytes);
        let fronts = self.workers.iter().flat_map(|worker| [worker.own, worker.bound]).chain([self.shared, self.isolated]);
        assert_eq!(fronts.filter(|front| *front != NONE).map(|front| self.lanes.len(front)).sum::<usize>(), self.queued);
        assert_eq!(self.workers.iter().map(|worker| worker.window).sum::<usize>(), self.flights.len());
        for worker in &self.workers {
            let mut all = Vec::new();
            let mut flight = worker.tail();
            while flight != NONE {
                all.push(&self.flights[flight]);
                flight = self.flights[flight].before;
            }
            assert_eq!(all.len(), worker.window);
            let estimates = |waiting| all.iter().filter(move |flight| flight.waiting == waiting).map(|flight| u64::from(flight.estimate));
            assert_eq!(estimates(true).count(), worker.waiting);
            assert_eq!(estimates(true).sum::<u64>(), worker.waiting_ns);
            assert_eq!(estimates(false).sum::<u64>(), worker.running_ns);
            assert!(worker.running() >= worker.window.min(self.concurrency()));
            assert_eq!(all.iter().filter(|flight| flight.slot == NONE).count(), worker.given_up.len());
            for flight in all.iter().filter(|flight| flight.slot != NONE) {
                let slot = &self.slots[flight.slot];
                assert_eq!((slot.id, slot.state, flight.worker), (flight.id, State::Written, worker.id));
            }
        }
    }
}
