//! Threads that block so that JavaScript's does not. One that has nothing to do stays a moment for the next wait, and then ends.

use rustix::io::{Errno, Result};
use std::mem::MaybeUninit;
use std::sync::mpsc::{channel, Receiver, RecvTimeoutError, Sender};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A reader of a ring waits again as soon as it has read: to start a thread each time would take longer than most waits.
const LINGER: Duration = Duration::from_millis(500);
const STACK: usize = 64 * 1024;

pub type Work = Box<dyn FnOnce() + Send>;

struct Idle {
    number: u64,
    work: Sender<Work>,
}

struct Threads {
    last: u64,
    idle: Vec<Idle>,
}

static THREADS: Mutex<Threads> = Mutex::new(Threads { last: 0, idle: Vec::new() });

fn threads() -> MutexGuard<'static, Threads> {
    THREADS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs it on a thread that nobody else needs meanwhile.
pub fn run(work: Work) -> Result<()> {
    let mut threads = threads();
    let idle = threads.idle.pop();
    let number = threads.last + 1;
    threads.last = number;
    drop(threads);
    match idle {
        Some(idle) => {
            // It waits for this: what was taken off the list cannot end without it.
            let _received = idle.work.send(work);
            Ok(())
        }
        None => {
            let thread = std::thread::Builder::new().name("procs-wait".into()).stack_size(STACK);
            let started = thread.spawn(move || live(number, work));
            started.map(drop).map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::AGAIN))
        }
    }
}

fn live(number: u64, first: Work) {
    block_signals();
    first();
    let (sender, receiver) = channel();
    loop {
        threads().idle.push(Idle { number, work: sender.clone() });
        match next(number, &receiver) {
            Some(work) => work(),
            None => return,
        }
    }
}

fn next(number: u64, receiver: &Receiver<Work>) -> Option<Work> {
    match receiver.recv_timeout(LINGER) {
        Ok(work) => Some(work),
        Err(RecvTimeoutError::Disconnected) => None,
        Err(RecvTimeoutError::Timeout) => {
            let mut threads = threads();
            let before = threads.idle.len();
            threads.idle.retain(|idle| idle.number != number);
            if threads.idle.len() < before {
                return None;
            }
            drop(threads);
            // Somebody took it off the list just now, and is about to send.
            receiver.recv().ok()
        }
    }
}

/// A signal would interrupt the wait, and a wake-up that comes before the next one begins would be lost. Other threads get them.
fn block_signals() {
    let mut all = MaybeUninit::uninit();
    // SAFETY: ours to fill; only this thread's mask changes.
    unsafe {
        libc::sigfillset(all.as_mut_ptr());
        libc::pthread_sigmask(libc::SIG_BLOCK, all.as_ptr(), std::ptr::null_mut());
    }
}
