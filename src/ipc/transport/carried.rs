//! Descriptors that have come on the socket, for bytes of the ring.

use super::ring::CARRIER;
use super::Transport;
use rustix::io::{Errno, Result};
use std::os::fd::OwnedFd;

/// With so many carriers or descriptors the rest waits in the socket: this process has only so many. Two carriers at least, so that it is plain
/// which bytes the first one goes with.
const CARRIERS: usize = 64;
const UNREAD: usize = 256;
const LEAST: usize = 2;

/// Descriptors that have come, and the position in the ring of the byte that they go with.
pub(super) struct Carried {
    pub position: u32,
    pub handles: Vec<OwnedFd>,
    pub is_lost: bool,
}

impl Transport {
    /// Takes carriers from the socket until there are enough. Beside a ring nothing else comes there.
    pub(super) fn take_carriers(&mut self) -> Result<()> {
        let Some(ring) = &self.ring else { return Ok(()) };
        self.has_more_carriers = false;
        loop {
            if self.carried.len() >= LEAST && (self.carried.len() >= CARRIERS || self.unread >= UNREAD) {
                self.has_more_carriers = true;
                // Each is sent before its bytes are shown, and behind those of the one before.
                let is_shown = self
                    .carried
                    .get(LEAST - 1)
                    .is_some_and(|second| ring.available().is_ok_and(|shown| ring.until(second.position) <= shown));
                return if is_shown { Ok(()) } else { Err(Errno::PROTO) };
            }
            let mut carrier = [0; CARRIER];
            match self.socket.receive(&mut carrier) {
                Ok(0) | Err(Errno::CONNRESET) => {
                    self.peer_is_gone = true;
                    return Ok(());
                }
                Ok(CARRIER) => {
                    let position = ring.carried_at(carrier)?;
                    // In the order of what they belong to.
                    if self.carried.back().is_some_and(|last| ring.until(position) < ring.until(last.position)) {
                        return Err(Errno::PROTO);
                    }
                    let handles: Vec<_> = std::iter::from_fn(|| self.socket.take_handle()).collect();
                    self.unread += handles.len();
                    self.carried.push_back(Carried { position, handles, is_lost: self.socket.lost_handles() });
                }
                Ok(_) => return Err(Errno::PROTO),
                Err(Errno::AGAIN) => return Ok(()),
                Err(errno) => return Err(errno),
            }
        }
    }

    /// Whether those that wait in the socket are needed for what is read next.
    pub(super) fn needs_carriers(&self) -> bool {
        self.has_more_carriers && self.carried.len() < LEAST
    }
}
