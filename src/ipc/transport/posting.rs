//! Many short writes, each of which has to be out of this process at once, for a peer that need not be woken by each.
//!
//! A worker answers every task before it begins the next one, which may be its last. In the ring an answer is safe: the peer finds it there
//! even when this process is gone. To wake the peer costs a system call here and a turn there, so that is done once for many.

use super::Transport;
use crate::ipc::Sent;
use rustix::io::{Errno, Result};
use std::time::{Duration, Instant};

/// How long the peer is let sleep over what was posted, if there is more to come.
const QUIET: Duration = Duration::from_micros(100);

#[derive(Debug, Default)]
pub(super) struct Posting {
    /// Something is in the ring that the peer was not woken for.
    is_unrung: bool,
    /// When this end has last rung, or read.
    since: Option<Instant>,
}

impl Posting {
    /// Something came: what is posted from here on belongs together.
    pub(super) fn looked_up(&mut self, now: Instant) {
        self.since = Some(now);
    }
}

impl Transport {
    /// As [`Transport::write_parts`], but a peer that sleeps is woken only when it was let sleep long enough. [`Transport::ring_peer`] has to follow,
    /// before this thread waits for anything.
    pub fn post(&mut self, text: &[u8]) -> Result<Sent> {
        self.check()?;
        let Some(ring) = self.ring.as_mut().filter(|_| self.writes_to_ring) else { return self.write_parts(&[text], &[]) };
        if !self.queue.is_empty() || self.socket.queued() > 0 || ring.space(text.len())? < text.len() {
            return self.write_parts(&[text], &[]);
        }
        ring.push(text)?;
        ring.show();
        self.attention.be_patient();
        self.posting.is_unrung = true;
        let now = Instant::now();
        if self.posting.since.is_none_or(|since| now.duration_since(since) >= QUIET) {
            self.posting.since = Some(now);
            self.ring_peer()?;
        }
        Ok(Sent::All)
    }

    /// Wakes the peer, if it sleeps, for what was posted.
    pub fn ring_peer(&mut self) -> Result<()> {
        if !std::mem::take(&mut self.posting.is_unrung) {
            return Ok(());
        }
        self.ring.as_ref().map_or(Err(Errno::PIPE), |ring| ring.wake_peer())
    }
}
