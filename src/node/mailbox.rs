//! How the addon's own threads reach JavaScript: a note is left, and the environment's loop is woken to read it.

use super::dispatch::Event;
use crate::process::WakeUp;
use rustix::io::Errno;
use std::mem;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::{Arc, Mutex, PoisonError};

/// Outlives the environment: what is posted after its end is dropped with the last owner.
pub struct Mailbox {
    wake: WakeUp,
    notes: Mutex<Vec<(u32, Event)>>,
}

impl Mailbox {
    pub fn new() -> Result<Arc<Self>, Errno> {
        Ok(Arc::new(Mailbox { wake: WakeUp::new()?, notes: Mutex::new(Vec::new()) }))
    }

    /// From any thread. `id` is the ticket or the stream that the event is about.
    pub fn post(&self, id: u32, event: Event) {
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        notes.push((id, event));
        if notes.len() == 1 {
            self.wake.wake();
        }
    }

    /// All that was posted, in order.
    pub fn take(&self) -> Vec<(u32, Event)> {
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        self.wake.clear();
        mem::take(&mut *notes)
    }
}

impl AsFd for Mailbox {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.wake.as_fd()
    }
}
