//! Descriptors that have come on the socket, for bytes of the ring.

use super::ring::CARRIER;
use super::Transport;
use rustix::io::{Errno, Result};
use std::os::fd::OwnedFd;

/// The kernel has room for some 300 carriers in a socket: a peer that has always one more is up to no good.
const CARRIERS: usize = 4096;

/// Descriptors that have come and whose bytes were not read yet. As many may belong to frames that were not handed over.
const UNREAD: usize = 1024;

/// Descriptors that have come, and the position in the ring of the byte that they go with.
pub(super) struct Carried {
    pub position: u32,
    pub handles: Vec<OwnedFd>,
    pub is_lost: bool,
}

impl Transport {
    /// Reads the socket empty. Beside a ring nothing comes there but carriers.
    pub(super) fn take_carriers(&mut self) -> Result<()> {
        let Some(ring) = &self.ring else { return Ok(()) };
        for _ in 0..CARRIERS {
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
                    if self.unread > UNREAD {
                        return Err(Errno::PROTO);
                    }
                    self.carried.push_back(Carried { position, handles, is_lost: self.socket.lost_handles() });
                }
                Ok(_) => return Err(Errno::PROTO),
                Err(Errno::AGAIN) => return Ok(()),
                Err(errno) => return Err(errno),
            }
        }
        Err(Errno::PROTO)
    }
}
