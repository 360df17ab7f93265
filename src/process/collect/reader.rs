//! Reading a descriptor into memory, a bounded piece at a time and never waiting.

use super::arrival::Arrival;
use super::bytes::{Bytes, SMALL};
use super::text::whole_characters;
use rustix::fs::{fstat, FileType};
use rustix::io::{ioctl_fionbio, ioctl_fionread, read, Errno, Result};
use rustix::net::{recv, RecvFlags};
use std::mem::{self, MaybeUninit};
use std::os::fd::OwnedFd;

/// What one read takes at most: as much as a socket holds, and no more than what its reader may be waited for.
const READ: usize = 256 * 1024;

/// What became of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    AtEnd,
    /// More than its limit came. The rest is not read, and its writer is left waiting: whoever ends that may do so before it sees a
    /// broken pipe.
    OverLimit,
    Failed(Errno),
}

/// What one read came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    Some(usize),
    NothingNow,
    Over(Ending),
}

/// See the module.
pub struct Reader {
    fd: Option<OwnedFd>,
    is_socket: bool,
    bytes: Bytes,
    limit: usize,
    /// While all of it was; `None` when nobody asked.
    ascii: Option<bool>,
    arrival: Option<(Arrival, u32)>,
    ending: Option<Ending>,
}

impl Reader {
    /// `limit`: bytes kept at most. `as_text`: it will be a string, so it is worth knowing what is in it.
    pub fn new(fd: OwnedFd, limit: usize, as_text: bool) -> Result<Self> {
        let is_socket = FileType::from_raw_mode(fstat(&fd)?.st_mode) == FileType::Socket;
        if !is_socket {
            ioctl_fionbio(&fd, true)?;
        }
        Ok(Reader { fd: Some(fd), is_socket, bytes: Bytes::default(), limit, ascii: as_text.then_some(true), arrival: None, ending: None })
    }

    /// From now on it is noted under this number when something comes. What came before counts as its first part.
    pub fn note_arrival(&mut self, arrival: Arrival, number: u32) {
        arrival.note(number, self.bytes.len());
        self.arrival = Some((arrival, number));
    }

    pub fn arrival(&self) -> Option<&(Arrival, u32)> {
        self.arrival.as_ref()
    }

    /// Open until it is over, and longer when that was for its limit.
    pub fn fd(&self) -> Option<&OwnedFd> {
        self.fd.as_ref()
    }

    pub fn ending(&self) -> Option<Ending> {
        self.ending
    }

    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    pub fn is_ascii(&self) -> bool {
        self.ascii == Some(true)
    }

    /// Bytes that wait in the kernel, as far as it says.
    pub fn pending(&self) -> u64 {
        self.fd.as_ref().map_or(0, |fd| ioctl_fionread(fd).unwrap_or(0))
    }

    pub fn read(&mut self) -> Seen {
        let Some(fd) = &self.fd else { return Seen::Over(self.end(Ending::AtEnd)) };
        let before = self.bytes.len();
        let room = self.limit.saturating_sub(before);
        // One more than may be kept tells whether more came.
        let most = READ.min(room.saturating_add(1));
        let result = if before < SMALL {
            // Most streams never leave this: what they bring is kept in as many bytes as it has.
            let mut scratch = [MaybeUninit::<u8>::uninit(); SMALL];
            take_in(fd, self.is_socket, &mut scratch[..most.min(SMALL)])
                .and_then(|come| self.bytes.extend(&come[..come.len().min(room)]).map(|()| come.len()))
        } else {
            let is_socket = self.is_socket;
            self.bytes.watch_filling(|bytes| {
                let come = take_in(fd, is_socket, &mut bytes.spare(most)?[..most])?.len();
                // SAFETY: just read.
                unsafe { bytes.advance(come.min(room)) };
                Ok(come)
            })
        };
        match result {
            Ok(0) => Seen::Over(self.end(Ending::AtEnd)),
            Ok(come) => {
                self.note(before);
                if come > room {
                    Seen::Over(self.end(Ending::OverLimit))
                } else {
                    Seen::Some(come)
                }
            }
            Err(Errno::AGAIN) => Seen::NothingNow,
            Err(Errno::INTR) => Seen::Some(0),
            // The peer closed with bytes of ours unread: for a reader that is the end.
            Err(Errno::CONNRESET) => Seen::Over(self.end(Ending::AtEnd)),
            // A terminal whose other end is closed.
            Err(Errno::IO) if rustix::termios::isatty(fd) => Seen::Over(self.end(Ending::AtEnd)),
            Err(errno) => Seen::Over(self.end(Ending::Failed(errno))),
        }
    }

    fn note(&mut self, before: usize) {
        let new = &self.bytes.as_slice()[before..];
        if self.ascii == Some(true) {
            // Now, while they are in the CPU's cache.
            self.ascii = Some(new.is_ascii());
        }
        if let Some((arrival, number)) = &self.arrival {
            arrival.note(*number, new.len());
        }
    }

    /// Nothing is read from here on.
    pub fn end(&mut self, ending: Ending) -> Ending {
        *self.ending.insert(ending)
    }

    /// Given away, or closed by whoever drops it.
    pub fn take_fd(&mut self) -> Option<OwnedFd> {
        self.fd.take()
    }

    /// As text, without a character that the limit has cut.
    pub fn take_bytes(&mut self, as_text: bool) -> Bytes {
        let mut bytes = mem::take(&mut self.bytes);
        if as_text && self.ending == Some(Ending::OverLimit) {
            bytes.truncate(whole_characters(bytes.as_slice()));
        }
        bytes
    }
}

fn take_in<'a>(fd: &OwnedFd, is_socket: bool, to: &'a mut [MaybeUninit<u8>]) -> Result<&'a mut [u8]> {
    if is_socket {
        recv(fd, to, RecvFlags::DONTWAIT).map(|((come, _), _)| come)
    } else {
        read(fd, to).map(|(come, _)| come)
    }
}
