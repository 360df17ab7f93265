//! A worker as the protocol has it, and as bad as the system may make it.

use crate::pool::task::{TaskId, WorkerId};
use crate::process::ExitStatus;
use std::collections::VecDeque;
use std::time::Instant;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Booting,
    Up,
    Dead(ExitStatus),
}

#[derive(Debug)]
pub struct Running {
    pub task: TaskId,
    /// None: it never ends.
    pub until: Option<Instant>,
    pub heeds_abort: bool,
}

#[derive(Debug)]
pub struct Fake {
    pub id: WorkerId,
    pub stage: Stage,
    pub up_at: Option<Instant>,
    /// It ends by itself then.
    pub exit_at: Option<Instant>,
    /// What was written to it and is not begun; false: given up, and answered.
    pub inbox: VecDeque<(TaskId, bool)>,
    /// Words that a task is given up, which it has not read.
    pub given_up: Vec<TaskId>,
    pub running: Vec<Running>,
    /// Answers in its ring.
    pub said: VecDeque<TaskId>,
    /// The cell of its page that it shares with the pool.
    pub started: u32,
    /// How far it believes that cell to be, and whose turn it is.
    claimed: u32,
    turn: u32,
    pub written: u32,
    pub finished: u32,
    pub busy_us: u64,
    pub beats: u32,
    /// Its event loop stands still.
    pub is_stuck: bool,
    /// Tasks that it began.
    pub begun: u32,
    pub quota: u64,
    /// It has had an isolated task.
    pub is_spent: bool,
}

impl Fake {
    pub fn new(id: WorkerId, up_at: Option<Instant>) -> Self {
        Fake {
            id,
            stage: Stage::Booting,
            up_at,
            exit_at: None,
            inbox: VecDeque::new(),
            given_up: Vec::new(),
            running: Vec::new(),
            said: VecDeque::new(),
            // Wraps within the first tasks.
            started: 0,
            claimed: 0,
            turn: 0,
            written: 0,
            finished: 0,
            busy_us: 0,
            beats: 0,
            is_stuck: false,
            begun: 0,
            quota: u64::MAX,
            is_spent: false,
        }
    }

    pub fn is_dead(&self) -> bool {
        matches!(self.stage, Stage::Dead(_))
    }

    pub fn write(&mut self, task: TaskId) {
        self.inbox.push_back((task, true));
        self.written += 1;
    }

    /// The pool takes back what has not begun.
    pub fn recall(&mut self) -> u32 {
        std::mem::replace(&mut self.started, self.written)
    }

    fn claim(&mut self) -> bool {
        let turn = self.turn;
        self.turn += 1;
        if self.claimed != turn {
            return false;
        }
        let is_mine = self.started == turn;
        if is_mine {
            self.started = self.turn;
        }
        self.claimed = self.started;
        is_mine
    }

    /// One that it may begin. Those that it may not are answered.
    pub fn next(&mut self) -> Option<TaskId> {
        while let Some((task, is_wanted)) = self.inbox.pop_front() {
            let may = self.claim();
            match (may, is_wanted) {
                (true, true) => {
                    self.begun += 1;
                    return Some(task);
                }
                (false, true) => self.said.push_back(task),
                (_, false) => {}
            }
        }
        None
    }

    /// Reads that a task is given up: what has not begun is answered.
    pub fn read_given_up(&mut self) {
        for task in std::mem::take(&mut self.given_up) {
            if let Some(entry) = self.inbox.iter_mut().find(|(known, wanted)| *known == task && *wanted) {
                entry.1 = false;
                self.said.push_back(task);
            } else if let Some(at) = self.running.iter().position(|running| running.task == task && running.heeds_abort) {
                self.running.swap_remove(at);
                self.said.push_back(task);
            }
        }
    }

    /// When it does something by itself.
    pub fn next_event(&self) -> Option<Instant> {
        if self.is_dead() {
            return None;
        }
        let ends = self.running.iter().filter(|_| !self.is_stuck).filter_map(|running| running.until);
        let boots = self.up_at.filter(|_| self.stage == Stage::Booting);
        ends.chain(boots).chain(self.exit_at).min()
    }
}
