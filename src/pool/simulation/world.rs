//! A pool without processes: what the engine does, beside a book of what has really happened.

use super::draw::{self, ms};
use super::fake::{Fake, Running, Stage};
use crate::pool::crew::{Action, Crew, Sample, State, Why};
use crate::pool::dispatch::{Abort, Answered, Dispatcher, Ended, Expired, What};
use crate::pool::machine::Snapshot;
use crate::pool::queue::tests::Dice;
use crate::pool::settings::Settings;
use crate::pool::task::{Frame, Task, TaskId, WorkerId};
use crate::process::ExitStatus;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

const KILLED: ExitStatus = ExitStatus::Signal(9);
/// What happens before all goes well.
const STEPS: usize = 400;
/// Things that happen at the same moment: more is going round in circles.
const AT_ONCE: usize = 3000;

#[derive(Debug, Default)]
struct Known {
    retries: u32,
    isolate: bool,
    for_worker: WorkerId,
    /// None: it never ends by itself.
    takes: Option<Duration>,
    heeds_abort: bool,
    /// Who began it.
    begun: Vec<WorkerId>,
    /// What it ended with.
    ended: Option<&'static str>,
}

pub struct World {
    seed: u64,
    dice: Dice,
    now: Instant,
    settings: Settings,
    dispatcher: Dispatcher,
    crew: Crew,
    fakes: BTreeMap<WorkerId, Fake>,
    tasks: HashMap<TaskId, Known>,
    last: TaskId,
    /// Nothing goes wrong any more.
    is_calm: bool,
    is_destroyed: bool,
}

impl World {
    pub fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let settings = draw::settings(&mut dice);
        let now = Instant::now();
        World {
            seed,
            now,
            dispatcher: Dispatcher::new(&settings, now),
            crew: Crew::new(&settings, 4, seed),
            settings,
            dice,
            fakes: BTreeMap::new(),
            tasks: HashMap::new(),
            last: 0,
            is_calm: false,
            is_destroyed: false,
        }
    }

    fn one_in(&mut self, count: u64) -> bool {
        self.dice.below(count) == 0
    }

    pub fn live(mut self) {
        let settings = format!("{:?}", self.settings);
        let story = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            for _ in 0..STEPS {
                self.chance();
                self.turn();
                self.pass(true);
            }
            self.is_calm = true;
            self.fakes.values_mut().for_each(|fake| fake.is_stuck = false);
            match self.dice.below(3) {
                0 => {
                    self.is_destroyed = true;
                    let ended = self.dispatcher.end_all(What::Shutdown, false, self.now);
                    ended.iter().for_each(|ended| self.ended(ended));
                    self.crew.destroy(ms(20), self.now);
                }
                1 => self.crew.close(),
                _ => {}
            }
            self.finish();
        }));
        if let Err(panic) = story {
            eprintln!("seed {}: {settings}", self.seed);
            std::panic::resume_unwind(panic);
        }
    }

    /// Time passes until there is nothing left to do.
    fn finish(&mut self) {
        let mut rounds = 0;
        let mut since = self.now;
        let mut closed = false;
        loop {
            self.turn();
            if self.dispatcher.pending() == 0 && !closed {
                closed = true;
                self.crew.close();
                self.turn();
            }
            if self.crew.is_over() && self.fakes.is_empty() {
                break;
            }
            rounds = if self.now == since { rounds + 1 } else { 0 };
            since = self.now;
            assert!(rounds < AT_ONCE, "in circles: {:?} {:?}", self.dispatcher.load(self.now), self.crew.workers());
            assert!(self.pass(false), "nothing will ever happen: {:?} {:?}", self.dispatcher.load(self.now), self.crew.workers());
        }
        self.dispatcher.check();
        let load = self.dispatcher.load(self.now);
        assert_eq!((load.queued, load.running, load.prefetched, load.bytes), (0, 0, 0, 0));
        let open: Vec<_> = self.tasks.iter().filter(|(_, known)| known.ended.is_none()).collect();
        assert!(open.is_empty(), "lost: {open:?}");
    }

    /// Something that JavaScript or the system does.
    fn chance(&mut self) {
        match self.dice.below(16) {
            0..=6 => {
                let most = if self.one_in(5) { 40 } else { 4 };
                let count = 1 + self.dice.below(most);
                (0..count).for_each(|_| self.submit());
            }
            7 => {
                let what = if self.one_in(2) { What::Aborted } else { What::Timeout };
                let count = 1 + self.dice.below(5);
                for _ in 0..count {
                    let task = 1 + self.dice.below(u64::from(self.last) + 1) as TaskId;
                    self.abort(task, what);
                }
            }
            8 => {
                let status = [KILLED, ExitStatus::Signal(11), ExitStatus::Code(0), ExitStatus::Code(1)][self.dice.below(4) as usize];
                if let Some(fake) = self.anybody() {
                    fake.stage = Stage::Dead(status);
                }
            }
            9 if self.settings.unresponsive_timeout.is_some() => {
                if let Some(fake) = self.anybody() {
                    fake.is_stuck = true;
                }
            }
            10 => {
                if let Some(id) = self.anybody().map(|fake| fake.id) {
                    self.dispatcher.set_open(id, false);
                    self.crew.condemn(id, Why::Protocol, self.now);
                }
            }
            11 if self.one_in(4) => {
                self.settings.concurrent_tasks = 1 + self.dice.below(3) as u32;
                self.settings.max_workers = 1 + self.dice.below(4) as usize;
                self.settings.min_workers = self.settings.min_workers.min(self.settings.max_workers);
                self.dispatcher.configure(&self.settings, self.now);
                self.crew.configure(&self.settings);
            }
            _ => {}
        }
    }

    fn anybody(&mut self) -> Option<&mut Fake> {
        let at = self.dice.below(self.fakes.len().max(1) as u64) as usize;
        self.fakes.values_mut().nth(at).filter(|fake| !fake.is_dead())
    }

    fn submit(&mut self) {
        let id = self.last + 1;
        let mut task = Task::new(id, Frame::line(*b"Q1:1\n"), self.now);
        let mut known = Known { heeds_abort: self.one_in(2), ..Known::default() };
        known.takes = match self.dice.below(20) {
            0 => None,
            1 => Some(ms(self.dice.below(200))),
            _ => Some(Duration::from_micros(self.dice.below(300))),
        };
        if self.one_in(4) {
            task.priority = self.dice.below(5) as i32 - 2;
        }
        if self.one_in(3) {
            task.key = Some(Arc::from(["a", "b", "c"][self.dice.below(3) as usize]));
        }
        if self.one_in(3) {
            task.retries = self.dice.below(4) as u32;
        }
        if self.one_in(6) {
            task.start_by = Some(self.now + ms(self.dice.below(100)));
        }
        if self.one_in(6) {
            task.end_by = Some(self.now + ms(self.dice.below(200)));
        }
        // What never ends by itself is ended.
        if self.one_in(6) || known.takes.is_none() {
            task.timeout = Some(ms(1 + self.dice.below(100)));
        }
        task.isolate = self.one_in(12);
        if self.one_in(20) {
            task.for_worker = Some(self.dice.below(u64::from(self.fakes.keys().last().copied().unwrap_or(1)) + 2) as WorkerId + 1);
        }
        let name = self.dice.below(3);
        task.name = self.dispatcher.name(&[b'a' + name as u8]);
        known.retries = task.retries;
        known.isolate = task.isolate && task.for_worker.is_none();
        known.for_worker = task.for_worker.unwrap_or(0);
        let bound = self.settings.max_queue.saturating_add(self.settings.max_workers * self.settings.concurrent_tasks as usize);
        let room = self.dispatcher.has_room(5);
        assert!(room || self.dispatcher.pending() >= bound);
        if self.dispatcher.submit(task, self.now).is_ok() {
            assert!(room);
            self.last = id;
            self.tasks.insert(id, known);
        }
    }

    fn abort(&mut self, task: TaskId, what: What) {
        match self.dispatcher.abort(task, what, self.now) {
            Abort::Ended(ended) => self.ended(&ended),
            Abort::Tell(worker, ended) => {
                self.ended(&ended);
                self.tell(worker, task);
            }
            Abort::Unknown => assert!(self.tasks.get(&task).is_none_or(|known| known.ended.is_some())),
        }
    }

    fn tell(&mut self, worker: WorkerId, task: TaskId) {
        self.fakes.get_mut(&worker).expect("it has a task").given_up.push(task);
    }

    fn ended(&mut self, ended: &Ended) {
        let known = self.tasks.get_mut(&ended.task).expect("it was submitted");
        assert_eq!(known.ended, None, "{ended:?} ends twice");
        assert!(ended.attempts as usize <= known.begun.len() + 1, "{ended:?} {known:?}");
        known.ended = Some(ended.what.name());
    }

    /// What the engine does when it is awake.
    fn turn(&mut self) {
        self.hear();
        self.bury();
        let mut rounds = 0;
        while self.dispatcher.next_deadline().is_some_and(|due| due <= self.now) {
            self.expire();
            // What was taken back may have waited for too long.
            rounds += 1;
            assert!(rounds < 3, "what was due has been done");
        }
        self.give_out();
        let mut rounds = 0;
        while self.decide() {
            self.give_out();
            rounds += 1;
            assert!(rounds < AT_ONCE, "decides for ever");
        }
        self.dispatcher.take_drain();
        self.dispatcher.check();
    }

    fn expire(&mut self) {
        for expired in self.dispatcher.expire(self.now) {
            match expired {
                Expired::Ended(ended) => self.ended(&ended),
                Expired::Tell(worker, ended) => {
                    self.ended(&ended);
                    self.tell(worker, ended.task);
                }
                Expired::EndWorker(worker) => self.crew.condemn(worker, Why::Task, self.now),
            }
        }
        while let Some(worker) = self.dispatcher.recall_due(self.now) {
            let fake = self.fakes.get_mut(&worker).expect("it has tasks");
            let from = fake.recall();
            if from != fake.written {
                self.dispatcher.recalled(worker, from, self.now);
            }
        }
    }

    fn give_out(&mut self) {
        while let Some((worker, task)) = self.dispatcher.next(self.now) {
            assert!(self.dispatcher.frame(task).is_some());
            let fake = self.fakes.get_mut(&worker).expect("it is there");
            let known = &self.tasks[&task];
            assert_eq!(known.ended, None, "{task} has ended");
            assert!(known.for_worker == 0 || known.for_worker == worker);
            if known.for_worker == 0 {
                assert_eq!(self.crew.state(worker), Some(State::Open), "{task} for a worker that is not open");
                assert!(!fake.is_spent, "an isolated task is not alone");
            }
            if known.isolate {
                assert_eq!(fake.written, 0, "an isolated task is not the first");
                fake.is_spent = true;
            }
            fake.write(task);
            assert!(known.for_worker != 0 || fake.quota >= 1);
        }
    }

    /// What workers have said.
    fn hear(&mut self) {
        let ids: Vec<WorkerId> = self.fakes.keys().copied().collect();
        for id in ids {
            // One that is alive may be heard later.
            let is_heard = self.is_calm || self.fakes[&id].is_dead() || !self.one_in(4);
            if is_heard {
                self.listen(id);
            }
        }
    }

    fn listen(&mut self, id: WorkerId) {
        let Some(fake) = self.fakes.get_mut(&id) else { return };
        let (said, finished, busy_us) = (std::mem::take(&mut fake.said), fake.finished, fake.busy_us);
        if said.is_empty() {
            return;
        }
        for task in said {
            match self.dispatcher.answered(id, task, self.now) {
                Answered::Deliver { attempts, .. } => {
                    let known = self.tasks.get_mut(&task).unwrap();
                    assert_eq!(known.ended, None, "{task} is answered twice");
                    assert_eq!(known.begun.last(), Some(&id), "{task} was begun by another");
                    assert!(attempts as usize <= known.begun.len());
                    known.ended = Some("answer");
                }
                Answered::Late | Answered::Recalled => {}
                Answered::Unknown => panic!("{task} of {id} is not known"),
            }
        }
        self.dispatcher.measured(id, finished, busy_us, self.now);
    }

    fn bury(&mut self) {
        let dead: Vec<(WorkerId, ExitStatus)> = self
            .fakes
            .values()
            .filter_map(|fake| match fake.stage {
                Stage::Dead(status) => Some((fake.id, status)),
                _ => None,
            })
            .collect();
        for (id, status) in dead {
            self.listen(id);
            let fake = self.fakes.remove(&id).unwrap();
            let what = match status {
                _ if self.is_destroyed => What::Shutdown,
                ExitStatus::Code(code) => What::Exit(Some(code)),
                ExitStatus::Signal(signal) => What::Signal(signal),
            };
            for ended in self.dispatcher.worker_gone(id, Some(fake.started), what, self.now) {
                self.ended(&ended);
            }
            self.crew.gone(id, status, u64::from(fake.started), self.now);
        }
    }

    fn decide(&mut self) -> bool {
        let load = self.dispatcher.load(self.now);
        if !self.crew.is_due(self.now, &load) {
            return false;
        }
        let loads: Vec<_> = self.fakes.keys().filter_map(|id| self.dispatcher.worker_load(*id)).collect();
        let actions = self.crew.decide(self.now, &load, &loads, &mut Snapshot::default());
        let is_any = !actions.is_empty();
        for action in actions {
            self.act(action);
        }
        is_any
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Start(id) => {
                if !self.is_calm && self.one_in(15) {
                    return self.crew.start_failed(id, 11, self.now);
                }
                let boots = match self.dice.below(15) {
                    0 if !self.is_calm => None,
                    _ => Some(self.now + ms(1 + self.dice.below(60))),
                };
                self.fakes.insert(id, Fake::new(id, boots));
                self.crew.started(id, self.now);
            }
            Action::Open { worker, quota } => {
                self.fakes.get_mut(&worker).expect("it was started").quota = quota;
                self.dispatcher.worker_up(worker, 1.0, false, self.now);
                self.dispatcher.set_quota(worker, quota);
                self.dispatcher.set_recallable(worker);
            }
            Action::Drain(worker, _) => self.dispatcher.set_open(worker, false),
            Action::End { worker, grace, .. } => {
                self.dispatcher.set_open(worker, false);
                let late = self.dice.below(30);
                let Some(fake) = self.fakes.get_mut(&worker) else { return };
                if grace.is_zero() {
                    fake.stage = if fake.is_dead() { fake.stage } else { Stage::Dead(KILLED) };
                } else {
                    fake.exit_at = Some(self.now + ms(late));
                }
            }
            Action::Sample => {
                for fake in self.fakes.values_mut() {
                    fake.beats += u32::from(!fake.is_stuck);
                    let sample = Sample { beats: Some(fake.beats), elu: 0.5, ..Sample::default() };
                    self.crew.sampled(fake.id, &sample, self.now);
                }
            }
            Action::Reject(_) => {
                for ended in self.dispatcher.end_all(What::Start, true, self.now) {
                    self.ended(&ended);
                }
            }
            Action::Note(_) => {}
        }
    }

    /// Time goes on to the next thing that happens, or not so far. False: nothing ever will.
    fn pass(&mut self, anything: bool) -> bool {
        let fakes = self.fakes.values().filter_map(Fake::next_event);
        let said = self.fakes.values().any(|fake| !fake.said.is_empty() || fake.is_dead());
        let next = fakes.chain(self.dispatcher.next_deadline()).chain(self.crew.next_deadline()).min();
        let happens = self.fakes.values().any(|fake| !fake.given_up.is_empty()) || self.can_begin();
        if !anything && next.is_none() && !said && !happens {
            return false;
        }
        let soon = self.now + Duration::from_micros(self.dice.below(3000));
        if !said && !happens || anything {
            self.now = next.map_or(soon, |next| if anything { next.min(soon) } else { next }).max(self.now);
        }
        self.work();
        true
    }

    fn can_begin(&self) -> bool {
        let most = self.settings.concurrent_tasks as usize;
        let mut up = self.fakes.values().filter(|fake| fake.stage == Stage::Up && !fake.is_stuck);
        up.any(|fake| !fake.inbox.is_empty() && fake.running.len() < most)
    }

    /// What workers do.
    fn work(&mut self) {
        let ids: Vec<WorkerId> = self.fakes.keys().copied().collect();
        for id in ids {
            let fails = !self.is_calm && self.one_in(10);
            let fake = self.fakes.get_mut(&id).unwrap();
            if fake.is_dead() {
                continue;
            }
            if fake.exit_at.is_some_and(|at| at <= self.now) {
                fake.stage = Stage::Dead(ExitStatus::Code(0));
                continue;
            }
            if fake.stage == Stage::Booting && fake.up_at.is_some_and(|at| at <= self.now) {
                fake.stage = Stage::Up;
                if fails {
                    self.crew.setup_failed(id, Arc::from("{}"), self.now);
                } else {
                    self.crew.up(id, self.now);
                }
            }
            if self.is_calm || self.dice.below(3) > 0 {
                self.work_one(id);
            }
        }
    }

    fn work_one(&mut self, id: WorkerId) {
        let fake = self.fakes.get_mut(&id).unwrap();
        if fake.is_stuck || fake.stage != Stage::Up {
            return;
        }
        fake.read_given_up();
        let mut at = 0;
        while at < fake.running.len() {
            if fake.running[at].until.is_some_and(|until| until <= self.now) {
                let task = fake.running.swap_remove(at).task;
                fake.said.push_back(task);
                fake.finished += 1;
                fake.busy_us += self.tasks[&task].takes.map_or(0, |takes| takes.as_micros() as u64);
            } else {
                at += 1;
            }
        }
        while fake.running.len() < self.settings.concurrent_tasks as usize {
            let Some(task) = fake.next() else { break };
            let known = self.tasks.get_mut(&task).unwrap();
            assert!(!known.begun.contains(&id), "{task} is begun twice by {id}");
            known.begun.push(id);
            assert!(known.begun.len() <= 1 + known.retries as usize, "{task} was begun too often: {known:?}");
            let until = known.takes.map(|takes| self.now + takes);
            fake.running.push(Running { task, until, heeds_abort: known.heeds_abort });
        }
        // Each that began it before is gone.
        for task in self.fakes[&id].running.iter().map(|running| running.task) {
            let others = self.tasks[&task].begun.iter().filter(|other| **other != id);
            assert!(others.into_iter().all(|other| !self.fakes.contains_key(other)), "{task} is begun by two");
        }
    }
}
