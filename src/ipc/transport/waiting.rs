//! What there was no room for in a ring.

use super::ring::Ring;
use crate::ipc::{Sent, Socket};
use rustix::io::{Errno, Result};
use std::collections::VecDeque;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

struct Waiting {
    bytes: Vec<u8>,
    written: usize,
    /// They go out before the first byte.
    handles: Vec<OwnedFd>,
    /// Somebody waits to hear that it is out.
    is_counted: bool,
}

#[derive(Default)]
pub struct Queue {
    waiting: VecDeque<Waiting>,
    bytes: usize,
    /// The first has descriptors, and the socket has no room for their carrier.
    pub awaits_socket: bool,
}

impl Queue {
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Writes as much as there is room for, unless something is before it (`may_go` is false, or the queue is not empty). The rest is kept.
    pub fn write(
        &mut self,
        ring: &mut Ring,
        socket: &Socket,
        may_go: bool,
        parts: &[&[u8]],
        handles: &[BorrowedFd<'_>],
        is_counted: bool,
    ) -> Result<Sent> {
        let length: usize = parts.iter().map(|part| part.len()).sum();
        let mut unsent = handles;
        let mut written = 0;
        if may_go && self.is_empty() && (handles.is_empty() || carry(ring, socket, handles, &mut self.awaits_socket)?) {
            unsent = &[];
            written = push(ring, parts)?;
            if written == length {
                return Ok(Sent::All);
            }
        }
        let handles = unsent.iter().map(|fd| rustix::io::fcntl_dupfd_cloexec(fd, 3)).collect::<Result<_>>()?;
        let mut bytes = Vec::with_capacity(length - written);
        for part in parts {
            let here = written.min(part.len());
            written -= here;
            bytes.extend_from_slice(&part[here..]);
        }
        self.bytes += bytes.len();
        self.waiting.push_back(Waiting { bytes, written: 0, handles, is_counted });
        ring.want_room(true);
        Ok(Sent::Queued)
    }

    /// Forgets what was queued last.
    pub fn take_back(&mut self) {
        if let Some(last) = self.waiting.pop_back() {
            self.bytes -= last.bytes.len() - last.written;
        }
    }

    /// Whether some of it can be written.
    pub fn can_flush(&self, ring: &mut Ring) -> Result<bool> {
        let Some(first) = self.waiting.front() else { return Ok(false) };
        let waits_for_peer = !first.handles.is_empty() && !ring.peer_reads();
        Ok(!self.awaits_socket && !waits_for_peer && ring.has_room_again()?)
    }

    /// Returns how many are now written.
    pub fn flush(&mut self, ring: &mut Ring, socket: &Socket) -> Result<u32> {
        let mut done = 0;
        self.awaits_socket = false;
        while let Some(first) = self.waiting.front_mut() {
            if !first.handles.is_empty() {
                let handles: Vec<_> = first.handles.iter().map(AsFd::as_fd).collect();
                if !carry(ring, socket, &handles, &mut self.awaits_socket)? {
                    break;
                }
                first.handles.clear();
            }
            let written = push(ring, &[&first.bytes[first.written..]])?;
            first.written += written;
            self.bytes -= written;
            if first.written < first.bytes.len() {
                break;
            }
            done += u32::from(first.is_counted);
            self.waiting.pop_front();
        }
        ring.want_room(!self.waiting.is_empty());
        Ok(done)
    }

    /// Returns how many those were that somebody waited for.
    pub fn clear(&mut self) -> u32 {
        self.bytes = 0;
        self.awaits_socket = false;
        std::mem::take(&mut self.waiting).iter().filter(|waiting| waiting.is_counted).count() as u32
    }
}

/// Sends the carrier of descriptors. False: not now, because of the socket (which is noted) or because the peer does not look for it yet.
fn carry(ring: &mut Ring, socket: &Socket, handles: &[BorrowedFd<'_>], awaits_socket: &mut bool) -> Result<bool> {
    if !ring.peer_reads() {
        return Ok(false);
    }
    match socket.send_now(&ring.carrier(), handles) {
        Ok(()) => {
            ring.carrier_sent();
            Ok(true)
        }
        Err(Errno::AGAIN) => {
            *awaits_socket = true;
            Ok(false)
        }
        Err(errno) => Err(errno),
    }
}

/// As much as there is room for, or as becomes free meanwhile. All of it is shown to the peer.
fn push(ring: &mut Ring, parts: &[&[u8]]) -> Result<usize> {
    let mut written = 0;
    'parts: for part in parts {
        let mut rest = *part;
        while !rest.is_empty() {
            let more = ring.push(rest)?;
            if more == 0 {
                break 'parts;
            }
            written += more;
            rest = &rest[more..];
            if !rest.is_empty() {
                ring.publish()?;
            }
        }
    }
    ring.publish()?;
    Ok(written)
}
