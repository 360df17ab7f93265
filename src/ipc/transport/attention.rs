//! Whether it is worth while to look on for the next message instead of going to sleep.
//!
//! To sleep and to be woken takes some 25 microseconds; a peer that is at work answers within a few. So after a message one looks on for
//! a moment, but only while messages follow each other closely: who gets one now and then would only burn a CPU.

use std::time::{Duration, Instant};

/// How long to look on after a message.
const LOOK: Duration = Duration::from_micros(50);
/// How closely messages must follow each other.
const CLOSE: Duration = Duration::from_micros(200);

#[derive(Debug, Default)]
pub struct Attention {
    last: Option<Instant>,
    is_close: bool,
}

impl Attention {
    /// Something came.
    pub fn came(&mut self, now: Instant) {
        self.is_close = self.last.is_some_and(|last| now.duration_since(last) < CLOSE);
        self.last = Some(now);
    }

    pub fn is_worth_it(&self, now: Instant) -> bool {
        self.is_close && self.last.is_some_and(|last| now.duration_since(last) < LOOK)
    }
}
