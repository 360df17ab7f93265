//! One end of a channel: a Unix stream socket that carries bytes and, beside them, descriptors.

use crate::process::socket::{self, RECEIVE, SEND};
use rustix::io::{Errno, IoSlice, IoSliceMut, Result};
use rustix::net::{
    recvmsg, send, sendmsg, RecvAncillaryBuffer, RecvAncillaryMessage, ReturnFlags, SendAncillaryBuffer, SendAncillaryMessage,
};
use std::collections::VecDeque;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// The kernel's bound on descriptors in one message (SCM_MAX_FD); Node sends one.
pub const DESCRIPTORS: usize = 253;
/// The kernel's bound on parts in one message (IOV_MAX).
const SLICES: usize = 1024;

/// Bytes that the kernel did not take at once.
struct Waiting {
    bytes: Vec<u8>,
    sent: usize,
    /// They go out with the first byte.
    handles: Vec<OwnedFd>,
    /// Somebody waits to hear that it is out.
    counted: bool,
}

pub struct Socket {
    fd: OwnedFd,
    waiting: VecDeque<Waiting>,
    queued: usize,
    received: VecDeque<OwnedFd>,
    lost: bool,
}

/// What became of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    All,
    /// The rest goes out by [`Socket::flush`] once the socket is writable.
    Queued,
}

impl Socket {
    pub fn new(fd: OwnedFd) -> Result<Self> {
        socket::prepare(&fd)?;
        Ok(Socket { fd, waiting: VecDeque::new(), queued: 0, received: VecDeque::new(), lost: false })
    }

    /// Bytes accepted that the kernel has not taken yet.
    pub fn queued(&self) -> usize {
        self.queued
    }

    /// Bytes that have come and were not received.
    pub fn arrived(&self) -> usize {
        // It is only refused what is no socket.
        rustix::io::ioctl_fionread(&self.fd).map_or(0, |bytes| bytes as usize)
    }

    /// The oldest descriptor that came in, close-on-exec.
    pub fn take_handle(&mut self) -> Option<OwnedFd> {
        self.received.pop_front()
    }

    /// Whether descriptors came for which there was no room since this was last asked: the peer has sent them, nobody has them.
    pub fn lost_handles(&mut self) -> bool {
        std::mem::take(&mut self.lost)
    }

    /// Sends as much as the kernel takes now; what is left keeps its order.
    pub fn write(&mut self, bytes: &[u8], handle: Option<BorrowedFd<'_>>) -> Result<Sent> {
        self.write_parts(&[bytes], handle.as_slice())
    }

    /// As [`Socket::write`], of several parts as if they were one, and with several descriptors. Only what the kernel does not take at
    /// once is copied.
    pub fn write_parts(&mut self, parts: &[&[u8]], handles: &[BorrowedFd<'_>]) -> Result<Sent> {
        self.put(parts, handles, true)
    }

    /// As [`Socket::write_parts`], for what nobody waits for: [`Socket::flush`] and [`Socket::drop_queue`] do not count it.
    pub fn write_quiet(&mut self, parts: &[&[u8]], handles: &[BorrowedFd<'_>]) -> Result<()> {
        self.put(parts, handles, false).map(drop)
    }

    fn put(&mut self, parts: &[&[u8]], handles: &[BorrowedFd<'_>], counted: bool) -> Result<Sent> {
        let length: usize = parts.iter().map(|part| part.len()).sum();
        let mut sent = 0;
        while self.waiting.is_empty() && sent < length {
            let handles = if sent == 0 { handles } else { &[] };
            // The kernel takes what there is room for, but no more than so many parts at once.
            let slices: Vec<IoSlice<'_>> = behind(parts, sent).take(SLICES).map(IoSlice::new).collect();
            match self.send(&slices, handles) {
                Ok(more) => sent += more,
                Err(Errno::AGAIN) => break,
                Err(errno) => return Err(errno),
            }
        }
        if sent == length {
            return Ok(Sent::All);
        }
        // Once a byte is out, so are the descriptors.
        let unsent = if sent == 0 { handles } else { &[] };
        let handles = unsent.iter().map(|fd| rustix::io::fcntl_dupfd_cloexec(fd, 3)).collect::<Result<_>>()?;
        let mut bytes = Vec::with_capacity(length - sent);
        behind(parts, sent).for_each(|part| bytes.extend_from_slice(part));
        self.queued += bytes.len();
        self.waiting.push_back(Waiting { bytes, sent: 0, handles, counted });
        Ok(Sent::Queued)
    }

    /// Sends from the queue. Returns how many of the queued writes are now out.
    pub fn flush(&mut self) -> Result<u32> {
        let mut done = 0;
        while let Some(mut first) = self.waiting.pop_front() {
            let handles: Vec<_> = first.handles.iter().map(AsFd::as_fd).collect();
            let result = self.send(&[IoSlice::new(&first.bytes[first.sent..])], &handles);
            match result {
                Ok(sent) => {
                    self.queued -= sent;
                    first.sent += sent;
                    first.handles.clear();
                    if first.sent == first.bytes.len() {
                        done += u32::from(first.counted);
                        continue;
                    }
                    self.waiting.push_front(first);
                }
                Err(errno) => {
                    self.waiting.push_front(first);
                    if errno == Errno::AGAIN {
                        break;
                    }
                    return Err(errno);
                }
            }
        }
        Ok(done)
    }

    /// Gives up on everything queued. Returns how many writes that were.
    pub fn drop_queue(&mut self) -> u32 {
        self.queued = 0;
        std::mem::take(&mut self.waiting).iter().filter(|write| write.counted).count() as u32
    }

    /// All of these few bytes at once, or not at all: [`Errno::AGAIN`].
    pub fn send_now(&self, bytes: &[u8], handles: &[BorrowedFd<'_>]) -> Result<()> {
        match self.send(&[IoSlice::new(bytes)], handles)? {
            sent if sent == bytes.len() => Ok(()),
            // The kernel cuts only what is longer than a page.
            _ => Err(Errno::IO),
        }
    }

    fn send(&self, slices: &[IoSlice<'_>], handles: &[BorrowedFd<'_>]) -> Result<usize> {
        loop {
            let result = match (slices, handles) {
                ([slice], []) => send(&self.fd, slice, SEND),
                (slices, handles) => {
                    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(DESCRIPTORS))];
                    let mut ancillary = SendAncillaryBuffer::new(&mut space);
                    if !handles.is_empty() && !ancillary.push(SendAncillaryMessage::ScmRights(handles)) {
                        return Err(Errno::INVAL);
                    }
                    sendmsg(&self.fd, slices, &mut ancillary, SEND)
                }
            };
            match result {
                Err(Errno::INTR) => {}
                result => return result.map_err(|errno| socket::send_error(errno, !handles.is_empty())),
            }
        }
    }

    /// Reads once. No bytes: the peer is gone, unless `buffer` is empty.
    pub fn receive(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(DESCRIPTORS))];
        let mut ancillary = RecvAncillaryBuffer::new(&mut space);
        let message = loop {
            match recvmsg(&self.fd, &mut [IoSliceMut::new(buffer)], &mut ancillary, RECEIVE) {
                Err(Errno::INTR) => {}
                result => break result?,
            }
        };
        for part in ancillary.drain() {
            if let RecvAncillaryMessage::ScmRights(handles) = part {
                for handle in handles {
                    self.received.push_back(socket::keep(handle)?);
                }
            }
        }
        self.lost |= message.flags.contains(ReturnFlags::CTRUNC);
        Ok(message.bytes)
    }
}

/// What is left of the parts without so many bytes at their beginning.
fn behind<'a>(parts: &'a [&[u8]], mut passed: usize) -> impl Iterator<Item = &'a [u8]> {
    parts.iter().filter_map(move |part| {
        let here = passed.min(part.len());
        passed -= here;
        (here < part.len()).then(|| &part[here..])
    })
}

impl AsFd for Socket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::io::{Read, Write};

    fn pair() -> (Socket, Socket) {
        let (a, b) = socket::pair().unwrap();
        (Socket::new(a).unwrap(), Socket::new(b).unwrap())
    }

    /// Until there is nothing more, or the peer is gone.
    fn read_all(socket: &mut Socket) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match socket.receive(&mut buffer) {
                Ok(read @ 1..) => bytes.extend_from_slice(&buffer[..read]),
                Ok(0) | Err(Errno::AGAIN) => return bytes,
                Err(errno) => panic!("{errno}"),
            }
        }
    }

    #[test]
    fn what_the_kernel_does_not_take_goes_out_later_in_order() {
        let (mut a, mut b) = pair();
        let big = vec![b'x'; 4 << 20];
        assert_eq!(a.write(&big, None), Ok(Sent::Queued));
        assert_eq!(a.write(b"end", None), Ok(Sent::Queued));
        let mut got = Vec::new();
        let mut done = 0;
        while done < 2 {
            got.extend(read_all(&mut b));
            done += a.flush().unwrap();
        }
        while got.len() < big.len() + 3 {
            got.extend(read_all(&mut b));
        }
        assert_eq!(a.queued(), 0);
        assert_eq!(got.len(), big.len() + 3);
        assert!(got.ends_with(b"xend"));
    }

    #[test]
    fn a_descriptor_travels_with_its_bytes_even_when_they_had_to_wait() {
        let (mut a, mut b) = pair();
        let (ours, theirs) = std::os::unix::net::UnixStream::pair().unwrap();
        let filler = vec![0; 4 << 20];
        a.write(&filler, None).unwrap();
        assert_eq!(a.write(b"with", Some(theirs.as_fd())), Ok(Sent::Queued));
        drop(theirs);
        let mut done = 0;
        while done < 2 {
            read_all(&mut b);
            done += a.flush().unwrap();
        }
        read_all(&mut b);
        let mut received = File::from(b.take_handle().unwrap());
        assert!(b.take_handle().is_none());
        (&ours).write_all(b"hello").unwrap();
        let mut got = [0; 5];
        received.read_exact(&mut got).unwrap();
        assert_eq!(&got, b"hello");
    }

    #[test]
    fn a_peer_that_is_gone_is_an_error_to_write_to_and_an_end_to_read_from() {
        let (mut a, b) = pair();
        drop(b);
        assert_eq!(a.write(b"x", None), Err(Errno::PIPE));
        assert_eq!(a.receive(&mut [0]), Ok(0));
    }
}
