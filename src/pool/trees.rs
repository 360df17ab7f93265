//! What workers have started and left behind is ended on a thread: to find it takes a look at every process there is.

use crate::process::tree::{Until, STACK};
use crate::process::Tree;
use std::sync::{Arc, Mutex, PoisonError};

#[derive(Debug, Default)]
struct State {
    waiting: Vec<Tree>,
    is_running: bool,
}

#[derive(Debug, Default)]
pub struct Trees {
    state: Mutex<State>,
}

impl Trees {
    /// `done` is called on the thread when there is nothing left to be ended.
    pub fn end(self: &Arc<Self>, tree: Tree, done: impl FnOnce() + Send + 'static) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.waiting.push(tree);
        if state.is_running {
            // Whoever is at it says when it is done.
            return;
        }
        let trees = self.clone();
        let run = move || {
            while let Some(tree) = trees.next() {
                tree.signal(libc::SIGKILL, Until::Gone);
            }
            done();
        };
        let thread = std::thread::Builder::new().name("procs-pool-trees".into()).stack_size(STACK).spawn(run);
        state.is_running = thread.is_ok();
        if thread.is_err() {
            // Out of threads: they go on until this process ends, which the keeper sees.
            state.waiting.clear();
        }
    }

    fn next(&self) -> Option<Tree> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let next = state.waiting.pop();
        state.is_running = next.is_some();
        next
    }

    pub fn is_quiet(&self) -> bool {
        !self.state.lock().unwrap_or_else(PoisonError::into_inner).is_running
    }
}
