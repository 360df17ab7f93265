//! A broker as its owner has it.

use super::counters::Counters;
use super::server::{Server, Stop, AT_ONCE, GENTLY};
use super::settings::Settings;
use crate::ipc::local::Listener;
use crate::process::WakeUp;
use rustix::io::{Errno, Result};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};

pub struct Broker {
    running: Mutex<Option<Running>>,
    counters: Arc<Counters>,
}

/// What there is of it until it is over.
struct Running {
    stop: Arc<Stop>,
    thread: JoinHandle<()>,
}

/// Says that it is over, also where the thread has panicked.
struct Over<F: FnOnce(bool)> {
    tell: Option<F>,
    well: bool,
}

impl<F: FnOnce(bool)> Drop for Over<F> {
    fn drop(&mut self) {
        if let Some(tell) = self.tell.take() {
            tell(self.well);
        }
    }
}

impl Broker {
    /// `over` is called on the broker's thread as the last thing it does: with false, if it did not end as it was told to.
    pub fn start(listener: Listener, settings: Settings, over: impl FnOnce(bool) + Send + 'static) -> Result<Self> {
        let file = listener.file.clone();
        let start = || {
            let stop = Arc::new(Stop { wake: WakeUp::new()?, mode: AtomicU8::new(0) });
            let counters = Arc::new(Counters::default());
            let mut server = Server::new(listener.into_fd(), stop.clone(), settings, counters.clone())?;
            let file = file.clone();
            let run = move || {
                let mut over = Over { tell: Some(over), well: false };
                server.run(|| {
                    if let Some(file) = file {
                        // Gone already, or no longer ours.
                        let _removed = file.remove();
                    }
                });
                // Its descriptors are closed when it is said to be over.
                drop(server);
                over.well = true;
            };
            let thread = Builder::new().name("procs-broker".into()).stack_size(512 * 1024).spawn(run);
            let thread = thread.map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::AGAIN))?;
            Ok(Broker { running: Mutex::new(Some(Running { stop, thread })), counters })
        };
        let started = start();
        if let (Err(_), Some(file)) = (&started, &file) {
            // Nobody listens there.
            let _removed = file.remove();
        }
        started
    }

    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// What waits for clients goes out first, as far as they take it within a second.
    pub fn close(&self) {
        if let Some(Running { stop, .. }) = &*self.running.lock().unwrap_or_else(PoisonError::into_inner) {
            let _earlier = stop.mode.compare_exchange(0, GENTLY, Ordering::AcqRel, Ordering::Acquire);
            stop.wake.wake();
        }
    }

    /// At once, and returns when the thread has ended: nothing of it is there any more but its counters.
    pub fn end(&self) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Running { stop, thread }) = running {
            stop.mode.store(AT_ONCE, Ordering::Release);
            stop.wake.wake();
            // A panic has been printed by the thread itself.
            let _panicked = thread.join();
        }
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        self.end();
    }
}
