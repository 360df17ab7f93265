//! When to look on, and how to go to sleep without missing anything.

use super::{Ring, Transport};
use rustix::io::Result;
use std::time::{Duration, Instant};

/// How long one turn goes on with one channel: timers and other sockets get their turn in between.
const TURN: Duration = Duration::from_millis(1);

/// What is to be done after what came was handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// There is something at once.
    Again,
    /// It will be told.
    Wait,
}

impl Transport {
    /// After what came was handled, in a turn that has begun at `started`. Looks on for a while where that is likely to be worth it.
    pub fn linger(&mut self, started: Instant) -> Next {
        let next = self.ring_peer().and_then(|()| self.look_on(started)).unwrap_or_else(|errno| {
            // Told to whoever reads or writes next, and that is at once if anybody does.
            self.broken.get_or_insert(errno);
            Next::Again
        });
        let is_anybody_there = self.is_reading || !self.queue.is_empty();
        if is_anybody_there {
            next
        } else {
            Next::Wait
        }
    }

    fn look_on(&mut self, started: Instant) -> Result<Next> {
        loop {
            let has_something = self.has_something()?;
            let Some(ring) = self.ring.as_mut() else { return Ok(Next::Wait) };
            let now = Instant::now();
            let turn_is_over = now.duration_since(started) >= TURN;
            if has_something && !turn_is_over {
                return Ok(Next::Again);
            }
            let is_worth_it = !has_something && self.reads_from_ring && self.is_reading && self.attention.is_worth_it(now);
            if has_something || is_worth_it && ring.peer_runs_elsewhere() {
                if turn_is_over {
                    // Awake all the same: this is only to let others have their turn.
                    ring.come_back()?;
                    return Ok(Next::Wait);
                }
                ring.look_on();
                continue;
            }
            if !self.waits_for_ring() {
                return Ok(Next::Wait);
            }
            if let Some(ring) = &self.ring {
                ring.sleep();
            }
            if !self.has_something()? {
                return Ok(Next::Wait);
            }
            if let Some(ring) = &mut self.ring {
                ring.stay_awake();
            }
        }
    }

    /// As [`Transport::linger`] without looking on, for whoever has several to look at. False: there is something at once, and the peer does
    /// not ring for it.
    pub fn doze(&mut self) -> bool {
        if !self.waits_for_ring() {
            return true;
        }
        if let Some(ring) = &self.ring {
            ring.sleep();
        }
        let is_quiet = self.has_something().map(|something| !something).unwrap_or_else(|errno| {
            self.broken.get_or_insert(errno);
            false
        });
        if let (false, Some(ring)) = (is_quiet, &mut self.ring) {
            ring.stay_awake();
        }
        is_quiet
    }

    /// What is here is looked at in a later turn: the own bell rings.
    pub fn come_back(&self) {
        if let Some(ring) = &self.ring {
            // A bell that is broken is found where it is waited for.
            let _broken = ring.come_back();
        }
    }

    /// Goes to sleep outside of a turn; in one, [`Transport::linger`] follows.
    pub(super) fn rest(&mut self) -> Result<()> {
        if self.waits_for_ring() {
            if let Some(ring) = &self.ring {
                ring.sleep();
            }
            if self.has_something()? {
                if let Some(ring) = &self.ring {
                    ring.come_back()?;
                }
            }
        }
        Ok(())
    }

    /// Whether the peer is to ring.
    fn waits_for_ring(&self) -> bool {
        self.ring.is_some() && (self.reads_from_ring && self.is_reading || !self.queue.is_empty())
    }

    fn has_something(&mut self) -> Result<bool> {
        Ok(self.is_readable() || self.can_flush()?)
    }

    /// Whether [`Transport::receive`] would say something, out of the ring.
    pub fn is_readable(&self) -> bool {
        // What cannot be is something to be told, too.
        let in_ring = |ring: &Ring| ring.available() != Ok(0);
        let has_something = self.peer_is_gone || self.broken.is_some() || self.ring.as_ref().is_some_and(in_ring);
        self.is_reading && self.reads_from_ring && has_something
    }

    /// Bytes that have come and were not received: all that a peer which is gone by now has left.
    pub fn arrived(&self) -> usize {
        // A ring that says what cannot be has nothing that could be read.
        let in_ring = self.ring.as_ref().and_then(|ring| ring.available().ok()).unwrap_or(0);
        self.socket.arrived().saturating_add(in_ring)
    }

    /// Whether [`Transport::flush`] would write something into the ring.
    pub fn can_flush(&mut self) -> Result<bool> {
        let Some(ring) = self.ring.as_mut().filter(|_| self.socket.queued() == 0 && !self.queue.is_empty()) else { return Ok(false) };
        Ok(self.peer_is_gone || self.broken.is_some() || self.queue.can_flush(ring)?)
    }
}
