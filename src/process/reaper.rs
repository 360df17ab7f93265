//! Children whose owner went first (a Worker that was terminated, an error half-way): somebody must still wait for them.

use super::platform::{Poller, ProcessHandle};
use std::collections::HashMap;
use std::sync::Mutex;

struct Orphans {
    poller: Poller,
    waiting: HashMap<u64, ProcessHandle>,
    next: u64,
    running: bool,
}

static ORPHANS: Mutex<Option<Orphans>> = Mutex::new(None);

fn with_orphans<T>(f: impl FnOnce(&mut Orphans) -> T) -> Option<T> {
    let mut orphans = ORPHANS.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    if orphans.is_none() {
        *orphans = Some(Orphans { poller: Poller::new().ok()?, waiting: HashMap::new(), next: 0, running: false });
    }
    orphans.as_mut().map(f)
}

/// Takes over a child that runs on: it is reaped when it ends, by a thread that lives as long as there is something to wait for.
/// Out of descriptors or threads, the child stays a zombie until this process ends, and its parent becomes init.
pub fn adopt(process: ProcessHandle) {
    with_orphans(|orphans| {
        let token = orphans.next;
        if orphans.poller.add(&process, token).is_err() {
            return;
        }
        orphans.next += 1;
        orphans.waiting.insert(token, process);
        if !orphans.running {
            let thread = std::thread::Builder::new().name("procs-reaper".into()).stack_size(128 * 1024);
            orphans.running = thread.spawn(reap_until_none_is_left).is_ok();
        }
    });
}

fn reap_until_none_is_left() {
    loop {
        let Some(Some(poller)) = with_orphans(|orphans| orphans.poller.try_clone().ok()) else { return };
        // The lock is not held while waiting; what is added meanwhile wakes this thread all the same.
        let ready = poller.wait();
        let done = with_orphans(|orphans| {
            for token in ready {
                let Some(process) = orphans.waiting.get(&token) else { continue };
                if matches!(process.try_wait(), Ok(None)) {
                    continue;
                }
                let _gone = orphans.poller.remove(process);
                orphans.waiting.remove(&token);
            }
            orphans.running = !orphans.waiting.is_empty();
            !orphans.running
        });
        if done != Some(false) {
            return;
        }
    }
}
