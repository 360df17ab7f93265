//! Two ends in one process. Where a test needs another process, it makes one.

use crate::ipc::transport::{Next, Ring, RingFds, Transport};
use crate::process::socket;
use rustix::event::{poll, PollFd, PollFlags, Timespec};
use rustix::io::{Errno, Result};
use std::os::fd::AsFd;
use std::time::Instant;

/// Both ends in a ring of the smallest size.
pub fn pair() -> (Transport, Transport) {
    pair_of(4096)
}

pub fn pair_of(capacity: u32) -> (Transport, Transport) {
    let fds = RingFds::create(capacity).unwrap();
    let (ours, theirs) = socket::pair().unwrap();
    let (mut a, mut b) = (Transport::new(ours).unwrap(), Transport::new(theirs).unwrap());
    a.hold_ring(Ring::open(fds.try_clone().unwrap(), 0).unwrap());
    b.hold_ring(Ring::open(fds, 1).unwrap());
    turn(&mut a, &mut b);
    turn(&mut b, &mut a);
    (a, b)
}

/// `from` turns to the ring, and `to` hears of it.
pub fn turn(from: &mut Transport, to: &mut Transport) {
    from.turn_out(b"T").unwrap();
    let mut buffer = [0; 16];
    assert_eq!(to.receive(&mut buffer), Ok(1));
    to.turn_in(&[]).unwrap();
}

/// All that is there.
pub fn read(transport: &mut Transport) -> (Vec<u8>, Result<usize>) {
    let mut bytes = Vec::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match transport.receive(&mut buffer) {
            Ok(read @ 1..) => bytes.extend_from_slice(&buffer[..read]),
            end => return (bytes, end),
        }
    }
}

/// As an event loop does it: waits for the socket and the bell, for a second at most, and looks.
/// Returns whether there was anything to wait for that came.
pub fn wait(transport: &mut Transport) -> bool {
    let started = Instant::now();
    if transport.linger(started) == Next::Again {
        return true;
    }
    let (readable, writable) = transport.interest();
    let mut flags = PollFlags::empty();
    flags.set(PollFlags::IN, readable);
    flags.set(PollFlags::OUT, writable);
    let (rung, seen) = {
        let socket = transport.as_fd();
        let bell = transport.bell().unwrap();
        let mut fds = [PollFd::from_borrowed_fd(bell, PollFlags::IN), PollFd::from_borrowed_fd(socket, flags)];
        let second = Timespec { tv_sec: 1, tv_nsec: 0 };
        // A socket that nothing is asked of would tell of its end for ever.
        let count = if readable || writable { 2 } else { 1 };
        if poll(&mut fds[..count], Some(&second)).unwrap() == 0 {
            return false;
        }
        (fds[0].revents().contains(PollFlags::IN), fds[1].revents())
    };
    transport.wake(rung);
    if seen.intersects(PollFlags::IN | PollFlags::HUP) {
        transport.look_at_socket();
    }
    true
}

/// Reads as [`read`], waiting for as long as something comes, until there are so many bytes.
pub fn read_until(transport: &mut Transport, length: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    transport.listen(true);
    transport.wake(false);
    loop {
        let (more, end) = read(transport);
        bytes.extend(more);
        assert_eq!(end, Err(Errno::AGAIN));
        if bytes.len() >= length {
            return bytes;
        }
        assert!(wait(transport), "nothing came for a second, with {} of {length} bytes", bytes.len());
    }
}
