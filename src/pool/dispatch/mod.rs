//! Which task goes to which worker, and when. Knows neither processes nor the clock.

mod outcome;

pub use outcome::{Abort, Answered, Ended, Expired, Load, What, WorkerLoad};

use super::settings::Settings;
use super::task::{Frame, NameId, Task, TaskId, WorkerId};
use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

#[derive(Debug)]
struct Worker {
    id: WorkerId,
    open: bool,
    window: Vec<TaskId>,
    done: u64,
    idle_since: Instant,
}

#[derive(Debug)]
pub struct Dispatcher {
    settings: Settings,
    queue: VecDeque<TaskId>,
    tasks: HashMap<TaskId, (Task, Instant)>,
    workers: Vec<Worker>,
    load: Load,
}

impl Dispatcher {
    pub fn new(settings: &Settings, _now: Instant) -> Self {
        Dispatcher { settings: settings.clone(), queue: VecDeque::new(), tasks: HashMap::new(), workers: Vec::new(), load: Load::default() }
    }

    pub fn configure(&mut self, settings: &Settings) {
        self.settings = settings.clone();
    }

    /// Tasks of the same name are taken to be alike.
    pub fn name(&mut self, _name: &[u8]) -> NameId {
        NameId::default()
    }

    /// Err: the queue is full; see [`Dispatcher::take_drain`].
    // Tasks that are refused are given back as they are, and are large.
    #[allow(clippy::result_large_err)]
    pub fn submit(&mut self, task: Task, now: Instant) -> Result<(), Task> {
        self.load.bytes += task.frame.size();
        self.load.submitted += 1;
        self.queue.push_back(task.id);
        self.tasks.insert(task.id, (task, now));
        Ok(())
    }

    /// Whether there is room again after a task was refused. True once.
    pub fn take_drain(&mut self) -> bool {
        false
    }

    pub fn worker_up(&mut self, worker: WorkerId, _weight: f64, _foreign: bool, now: Instant) {
        self.workers.push(Worker { id: worker, open: true, window: Vec::new(), done: 0, idle_since: now });
    }

    pub fn set_open(&mut self, worker: WorkerId, open: bool) {
        self.workers.iter_mut().filter(|known| known.id == worker).for_each(|known| known.open = open);
    }

    pub fn next(&mut self, now: Instant) -> Option<(WorkerId, TaskId)> {
        let room = self.settings.concurrent_tasks as usize;
        let worker =
            self.workers.iter_mut().filter(|worker| worker.open && worker.window.len() < room).min_by_key(|worker| worker.window.len())?;
        let task = self.queue.pop_front()?;
        worker.window.push(task);
        self.tasks.get_mut(&task)?.1 = now;
        Some((worker.id, task))
    }

    /// Of a task that is neither answered nor ended.
    pub fn frame(&self, task: TaskId) -> Option<&Frame> {
        self.tasks.get(&task).map(|(task, _)| &task.frame)
    }

    pub fn answered(&mut self, worker: WorkerId, task: TaskId, now: Instant) -> Answered {
        let Some(worker) = self.workers.iter_mut().find(|known| known.id == worker) else { return Answered::Unknown };
        let Some(at) = worker.window.iter().position(|known| *known == task) else { return Answered::Unknown };
        worker.window.remove(at);
        worker.done += 1;
        worker.idle_since = now;
        self.load.answered += 1;
        match self.tasks.remove(&task) {
            Some((task, begun)) => Answered::Deliver { waited: begun - task.submitted, ran: now - begun, attempts: 1 },
            None => Answered::Late,
        }
    }

    pub fn measured(&mut self, _worker: WorkerId, _finished: u32, _busy_us: u64) {}

    pub fn set_elu(&mut self, _worker: WorkerId, _utilization: f64) {}

    /// `begun`: so many of the tasks that were ever written to it; None: all. What is returned has ended; the others wait again.
    pub fn worker_gone(&mut self, worker: WorkerId, begun: Option<u32>, what: What, now: Instant) -> Vec<Ended> {
        let _ = begun;
        let Some(at) = self.workers.iter().position(|known| known.id == worker) else { return Vec::new() };
        let lost = self.workers.remove(at).window;
        lost.into_iter().filter_map(|task| self.end(task, what, worker, now)).collect()
    }

    fn end(&mut self, task: TaskId, what: What, worker: WorkerId, now: Instant) -> Option<Ended> {
        let (known, begun) = self.tasks.remove(&task)?;
        self.load.ended += 1;
        Some(Ended { task, what, worker, waited: begun - known.submitted, ran: now - begun, attempts: 1 })
    }

    /// `what`: Aborted or Timeout.
    pub fn abort(&mut self, task: TaskId, what: What, now: Instant) -> Abort {
        self.queue.retain(|known| *known != task);
        let worker = self.workers.iter().find(|worker| worker.window.contains(&task)).map(|worker| worker.id);
        match (self.end(task, what, worker.unwrap_or(0), now), worker) {
            (Some(ended), Some(worker)) => Abort::Tell(worker, ended),
            (Some(ended), None) => Abort::Ended(ended),
            (None, _) => Abort::Unknown,
        }
    }

    /// All that wait (`Start`), or all there are (`Shutdown`), end.
    pub fn end_all(&mut self, what: What, waiting_only: bool, now: Instant) -> Vec<Ended> {
        let _ = waiting_only;
        self.queue.clear();
        let all: Vec<TaskId> = self.tasks.keys().copied().collect();
        all.into_iter().filter_map(|task| self.end(task, what, 0, now)).collect()
    }

    pub fn next_deadline(&self) -> Option<Instant> {
        None
    }

    pub fn expire(&mut self, _now: Instant) -> Vec<Expired> {
        Vec::new()
    }

    /// A worker that should not begin what it has not begun: another one is free. See [`Dispatcher::recalled`].
    pub fn recall_due(&mut self, _now: Instant) -> Option<WorkerId> {
        None
    }

    /// The worker will not begin those of its tasks that were written as number `from` (0: the first ever) and later.
    pub fn recalled(&mut self, _worker: WorkerId, _from: u32, _now: Instant) {}

    /// Not answered and not ended.
    pub fn pending(&self) -> usize {
        self.tasks.len()
    }

    pub fn load(&self, now: Instant) -> Load {
        let oldest = self.queue.front().map(|task| now - self.tasks[task].0.submitted);
        Load {
            queued: self.queue.len(),
            running: self.tasks.len() - self.queue.len(),
            oldest_wait: oldest.unwrap_or(Duration::ZERO),
            ..self.load
        }
    }

    pub fn worker_load(&self, worker: WorkerId) -> Option<WorkerLoad> {
        let known = self.workers.iter().find(|known| known.id == worker)?;
        let idle_since = known.window.is_empty().then_some(known.idle_since);
        Some(WorkerLoad { worker, window: known.window.len(), done: known.done, idle_since, open: known.open, spent: false })
    }
}
