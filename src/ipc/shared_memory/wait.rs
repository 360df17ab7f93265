//! A wait for a cell, as Atomics.wait() has it, but for other processes and on a thread of its own.

use super::threads;
use crate::ipc::platform::futex::{self, Word};
use crate::ipc::platform::memory::Memory;
use rustix::io::{Errno, Result};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// An int32 of shared memory.
#[derive(Clone)]
pub struct Cell {
    memory: Arc<Memory>,
    index: usize,
}

impl Cell {
    pub fn new(memory: Arc<Memory>, index: usize) -> Option<Self> {
        let end = index.checked_add(1)?.checked_mul(size_of::<AtomicU32>())?;
        (end <= memory.length()).then_some(Cell { memory, index })
    }

    fn word(&self) -> &AtomicU32 {
        // SAFETY: inside of the mapping, which is there as long as `self`, and aligned, since the mapping begins at a page.
        unsafe { &*self.memory.start().as_ptr().cast::<AtomicU32>().add(self.index) }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Notified,
    /// The cell did not hold what was expected.
    NotEqual,
    TimedOut,
    Cancelled,
    /// The kernel refuses to wait.
    Failed(Errno),
}

type Done = Box<dyn FnOnce(Outcome) + Send>;

/// Of one wait: who is told, once.
struct Shared {
    /// 1: cancelled. The thread waits for this word as well.
    cancelled: AtomicU32,
    /// The thread cannot be woken but by a notify of the cell.
    deaf: AtomicBool,
    done: Mutex<Option<Done>>,
}

impl Shared {
    /// Whether this was the first word on it.
    fn tell(&self, outcome: Outcome) -> bool {
        let done = self.done.lock().unwrap_or_else(PoisonError::into_inner).take();
        match done {
            Some(done) => {
                done(outcome);
                true
            }
            None => false,
        }
    }
}

/// A wait that has begun.
pub struct Waiting {
    shared: Arc<Shared>,
}

impl Waiting {
    /// It is told as cancelled, unless it was notified just before.
    pub fn cancel(&self) {
        self.shared.cancelled.store(1, Ordering::SeqCst);
        if self.shared.deaf.load(Ordering::SeqCst) {
            self.shared.tell(Outcome::Cancelled);
        } else {
            // SAFETY: a word of ours.
            unsafe { futex::wake(&self.shared.cancelled, 1, true) };
        }
    }
}

/// Nobody waits for it any more.
impl Drop for Waiting {
    fn drop(&mut self) {
        self.cancel();
    }
}

/// Waits for a notify of the cell, unless it holds something else. `done` is called once, on another thread or from `cancel`.
pub fn wait(cell: Cell, expected: i32, timeout: Option<Duration>, done: impl FnOnce(Outcome) + Send + 'static) -> Result<Waiting> {
    let until = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    let deaf = AtomicBool::new(!waits_for_many());
    let shared = Arc::new(Shared { cancelled: AtomicU32::new(0), deaf, done: Mutex::new(Some(Box::new(done))) });
    let waiting = Waiting { shared: shared.clone() };
    threads::run(Box::new(move || {
        let expected = expected as u32;
        if shared.deaf.load(Ordering::SeqCst) {
            wait_for_one(&shared, &cell, expected, until);
        } else {
            shared.tell(wait_for_both(&shared, &cell, expected, until));
        }
    }))?;
    Ok(waiting)
}

/// Wakes up to `count` of those that wait, in whatever process. How many there were.
pub fn notify(cell: &Cell, count: u32) -> usize {
    // SAFETY: a word of a mapping that is there.
    unsafe { futex::wake(cell.word(), i32::try_from(count).unwrap_or(i32::MAX), false) }
}

fn wait_for_both(shared: &Shared, cell: &Cell, expected: u32, until: Option<Instant>) -> Outcome {
    let word = cell.word();
    // Where both are woken, the kernel names the last one: nobody's notify is lost on a wait that was cancelled.
    let words = [Word { at: &shared.cancelled, expected: 0, private: true }, Word { at: word, expected, private: false }];
    loop {
        // SAFETY: both are there as long as what they are borrowed from.
        match unsafe { futex::wait_any(&words, until) } {
            Ok(0) => return Outcome::Cancelled,
            Ok(_) => return Outcome::Notified,
            Err(Errno::TIMEDOUT) => return Outcome::TimedOut,
            Err(Errno::AGAIN) if shared.cancelled.load(Ordering::SeqCst) != 0 => return Outcome::Cancelled,
            Err(Errno::AGAIN) => return Outcome::NotEqual,
            Err(Errno::INTR) => {}
            Err(errno) => return Outcome::Failed(errno),
        }
    }
}

/// Where a thread can wait for one word only, a cancelled one goes on waiting, for nobody.
fn wait_for_one(shared: &Shared, cell: &Cell, expected: u32, until: Option<Instant>) {
    let word = cell.word();
    let outcome = loop {
        // SAFETY: as above.
        match unsafe { futex::wait(word, expected, until) } {
            Ok(()) => break Outcome::Notified,
            Err(Errno::TIMEDOUT) => break Outcome::TimedOut,
            Err(Errno::AGAIN) => break Outcome::NotEqual,
            Err(Errno::INTR) => {}
            Err(errno) => break Outcome::Failed(errno),
        }
    };
    if !shared.tell(outcome) && outcome == Outcome::Notified {
        // It was meant for somebody who still waits.
        notify(cell, 1);
    }
}

/// Whether this kernel has `futex_waitv`, and the sandbox around this process lets it through.
fn waits_for_many() -> bool {
    static KNOWN: OnceLock<bool> = OnceLock::new();
    *KNOWN.get_or_init(|| {
        let word = AtomicU32::new(1);
        // SAFETY: a word of ours. It does not hold 0, so nothing waits.
        unsafe { futex::wait_any(&[Word { at: &word, expected: 0, private: true }], None) == Err(Errno::AGAIN) }
    })
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use crate::ipc::platform::memory;
    use std::sync::mpsc::{channel, Receiver};

    fn cell() -> Cell {
        let file = memory::create(c"procs-test", 4096).unwrap();
        Cell::new(Arc::new(Memory::map(&file, 4096).unwrap()), 7).unwrap()
    }

    fn begin(cell: &Cell, expected: i32, timeout: Option<Duration>) -> (Waiting, Receiver<Outcome>) {
        let (sender, receiver) = channel();
        (wait(cell.clone(), expected, timeout, move |outcome| sender.send(outcome).unwrap()).unwrap(), receiver)
    }

    /// As soon as somebody waits.
    fn notify_one(cell: &Cell) {
        while notify(cell, 1) == 0 {
            std::thread::yield_now();
        }
    }

    #[test]
    fn each_is_notified_once() {
        let cell = cell();
        let waits: Vec<_> = (0..5).map(|_| begin(&cell, 0, None)).collect();
        for _ in 0..5 {
            notify_one(&cell);
        }
        for (_, outcome) in &waits {
            assert_eq!(outcome.recv(), Ok(Outcome::Notified));
        }
        assert_eq!(notify(&cell, 1), 0);
    }

    #[test]
    fn what_is_not_expected_is_told_at_once() {
        let cell = cell();
        cell.word().store(3, Ordering::SeqCst);
        let (_waiting, outcome) = begin(&cell, 0, None);
        assert_eq!(outcome.recv(), Ok(Outcome::NotEqual));
        let (_waiting, outcome) = begin(&cell, 3, Some(Duration::ZERO));
        assert_eq!(outcome.recv(), Ok(Outcome::TimedOut));
    }

    #[test]
    fn a_cancelled_one_is_told_and_takes_no_notify_from_others() {
        let cell = cell();
        let (first, cancelled) = begin(&cell, 0, None);
        let (_second, notified) = begin(&cell, 0, None);
        first.cancel();
        assert_eq!(cancelled.recv(), Ok(Outcome::Cancelled));
        notify_one(&cell);
        assert_eq!(notified.recv(), Ok(Outcome::Notified));
    }

    #[test]
    fn where_a_thread_waits_for_one_word_only_the_notify_is_passed_on() {
        let cell = cell();
        let (sender, told) = channel();
        let mut waits = Vec::new();
        for number in 0..2 {
            let sender = sender.clone();
            let done: Done = Box::new(move |outcome| sender.send((number, outcome)).unwrap());
            let shared = Arc::new(Shared { cancelled: AtomicU32::new(0), deaf: AtomicBool::new(true), done: Mutex::new(Some(done)) });
            let (of_thread, of_cell) = (shared.clone(), cell.clone());
            threads::run(Box::new(move || wait_for_one(&of_thread, &of_cell, 0, None))).unwrap();
            waits.push(Waiting { shared });
        }
        waits[0].cancel();
        assert_eq!(told.recv(), Ok((0, Outcome::Cancelled)));
        // Either it is the other's at once, or it is passed on. On a busy machine that one may not wait yet.
        let told_next = loop {
            notify_one(&cell);
            if let Ok(next) = told.recv_timeout(Duration::from_millis(10)) {
                break next;
            }
        };
        assert_eq!(told_next, (1, Outcome::Notified));
        notify(&cell, 9);
    }

    #[test]
    fn a_cell_is_inside_of_its_memory() {
        let memory = cell().memory;
        assert!(Cell::new(memory.clone(), 1023).is_some());
        assert!(Cell::new(memory.clone(), 1024).is_none());
        assert!(Cell::new(memory, usize::MAX).is_none());
    }
}
