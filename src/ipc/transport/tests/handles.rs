//! Descriptors beside a ring.

use super::support::{pair, pair_of, read, turn, wait};
use crate::ipc::transport::{Ring, RingFds, Transport};
use crate::ipc::Sent;
use crate::process::socket;
use rustix::fs::fstat;
use rustix::io::Errno;
use std::fs::File;
use std::os::fd::{AsFd, OwnedFd};

fn file(number: usize) -> File {
    File::open(["/proc/self/exe", "/dev/null", "/dev/zero", "/etc/passwd"][number % 4]).unwrap()
}

fn same(one: &OwnedFd, other: &File) -> bool {
    fstat(one).unwrap().st_ino == fstat(other).unwrap().st_ino
}

/// Reads once, with what came along.
fn read_one(transport: &mut Transport, length: usize) -> (Vec<u8>, Vec<OwnedFd>) {
    let mut buffer = vec![0; length];
    let read = transport.receive(&mut buffer).unwrap();
    buffer.truncate(read);
    (buffer, std::iter::from_fn(|| transport.take_handle()).collect())
}

#[test]
fn they_come_with_the_bytes_that_they_went_with() {
    let (mut a, mut b) = pair();
    let files = [file(0), file(1), file(2)];
    a.write_parts(&[b"plain "], &[]).unwrap();
    a.write_parts(&[b"first "], &[files[0].as_fd()]).unwrap();
    a.write_parts(&[b"plain "], &[]).unwrap();
    a.write_parts(&[b"both"], &[files[1].as_fd(), files[2].as_fd()]).unwrap();
    // A read ends before the next that has some, so that it is plain whose they are.
    let (bytes, handles) = read_one(&mut b, 100);
    assert_eq!(bytes, b"plain first plain ");
    assert!(handles.len() == 1 && same(&handles[0], &files[0]));
    let (bytes, handles) = read_one(&mut b, 100);
    assert_eq!(bytes, b"both");
    assert!(handles.len() == 2 && same(&handles[0], &files[1]) && same(&handles[1], &files[2]));
    assert!(!b.lost_handles());
}

#[test]
fn they_are_not_there_before_their_first_byte() {
    let (mut a, mut b) = pair();
    a.write_parts(&[b"before"], &[]).unwrap();
    a.write_parts(&[b"with"], &[file(0).as_fd()]).unwrap();
    let (bytes, handles) = read_one(&mut b, 3);
    assert_eq!((&bytes[..], handles.len()), (&b"bef"[..], 0));
    let (bytes, handles) = read_one(&mut b, 3);
    assert_eq!((&bytes[..], handles.len()), (&b"ore"[..], 0));
    let (bytes, handles) = read_one(&mut b, 1);
    assert_eq!((&bytes[..], handles.len()), (&b"w"[..], 1));
}

#[test]
fn many_with_what_has_to_wait_for_room_and_for_the_socket() {
    let (mut a, mut b) = pair();
    // More than the kernel takes carriers, and than the ring takes bytes.
    const MESSAGES: usize = 600;
    let message = |number: usize| format!("{number:>16}");
    let mut queued = 0;
    for number in 0..MESSAGES {
        let sent = a.write_parts(&[message(number).as_bytes()], &[file(number).as_fd()]).unwrap();
        queued += u32::from(sent == Sent::Queued);
    }
    assert!(queued > 0);
    b.listen(true);
    let (mut got, mut done, mut number) = (Vec::new(), 0, 0);
    while number < MESSAGES {
        b.wake(false);
        match b.receive(&mut [0; 16]) {
            Err(Errno::AGAIN) => {
                done += a.flush().unwrap();
                assert!(b.is_readable() || wait(&mut b), "nothing after {number}");
            }
            result => {
                assert_eq!(result, Ok(16));
                got.push(number);
                let handle = b.take_handle().unwrap();
                assert!(same(&handle, &file(number)) && b.take_handle().is_none(), "{number}");
                number += 1;
            }
        }
    }
    assert_eq!((done + a.flush().unwrap(), a.queued()), (queued, 0));
}

#[test]
fn they_wait_for_a_peer_that_has_not_turned_yet() {
    let fds = RingFds::create(4096).unwrap();
    let (ours, theirs) = socket::pair().unwrap();
    let (mut a, mut b) = (Transport::new(ours).unwrap(), Transport::new(theirs).unwrap());
    a.hold_ring(Ring::open(fds.try_clone().unwrap(), 0).unwrap());
    b.hold_ring(Ring::open(fds, 1).unwrap());
    a.write_parts(&[b"on the socket"], &[file(0).as_fd()]).unwrap();
    a.turn_out(b"T").unwrap();
    assert_eq!(a.write_parts(&[b"in the ring"], &[file(1).as_fd()]), Ok(Sent::Queued));
    assert_eq!(a.write_parts(&[b"behind it"], &[]), Ok(Sent::Queued));
    assert_eq!(a.flush(), Ok(0));

    let (bytes, handles) = read_one(&mut b, 13);
    assert_eq!(bytes, b"on the socket");
    assert!(handles.len() == 1 && same(&handles[0], &file(0)));
    assert_eq!(read_one(&mut b, 13).0, b"T");
    b.turn_in(&[]).unwrap();
    // It rings for that.
    assert!(wait(&mut a));
    assert_eq!(a.flush(), Ok(2));
    let (bytes, handles) = read_one(&mut b, 100);
    assert_eq!(bytes, b"in the ringbehind it");
    assert!(handles.len() == 1 && same(&handles[0], &file(1)));
    turn(&mut b, &mut a);
}

#[test]
fn more_than_anybody_needs_at_once_stay_in_the_socket() {
    let (mut a, mut b) = pair();
    let null = file(1);
    let handles = [null.as_fd(); 253];
    for _ in 0..5 {
        assert_eq!(a.write_parts(&[b"x"], &handles), Ok(Sent::All));
    }
    b.look_at_socket();
    assert_eq!((b.error(), b.carried.len()), (None, 2));
    for _ in 0..5 {
        let (bytes, handles) = read_one(&mut b, 16);
        assert_eq!((&bytes[..], handles.len()), (&b"x"[..], 253));
    }
    assert_eq!(b.receive(&mut [0; 16]), Err(Errno::AGAIN));
}

#[test]
fn those_without_bytes_that_come_are_closed_with_the_channel() {
    let (mut a, b) = pair();
    let (reader, writer) = rustix::pipe::pipe().unwrap();
    a.write_parts(&[b"never read"], &[writer.as_fd()]).unwrap();
    drop(writer);
    drop((a, b));
    assert_eq!(rustix::io::read(&reader, &mut [0; 1][..]), Ok(0));
}

#[test]
fn what_is_read_says_nothing_of_what_is_written() {
    let (mut a, mut b) = pair();
    a.write_parts(&[b"with"], &[file(0).as_fd()]).unwrap();
    b.write_parts(&[b"back"], &[file(1).as_fd()]).unwrap();
    assert_eq!(read_one(&mut b, 10).1.len(), 1);
    assert_eq!(read_one(&mut a, 10).1.len(), 1);
    assert_eq!(read(&mut a), (Vec::new(), Err(Errno::AGAIN)));
}

#[test]
fn more_than_are_read_at_a_time_wait_where_they_are() {
    const MESSAGES: usize = 3000;
    let (mut a, mut b) = pair_of(512 * 1024);
    let file = file(1);
    let (mut sent, mut got) = (0, 0);
    while got < MESSAGES {
        a.flush().unwrap();
        while sent < MESSAGES && a.queued() == 0 {
            a.write_parts(&[format!("{sent:>16}").as_bytes()], &[file.as_fd()]).unwrap();
            sent += 1;
        }
        b.look_at_socket();
        for _ in 0..16 {
            let mut buffer = [0; 4096];
            let Ok(read) = b.receive(&mut buffer) else { break };
            let handles: Vec<_> = std::iter::from_fn(|| b.take_handle()).collect();
            assert_eq!((&buffer[..read], handles.len()), (format!("{got:>16}").as_bytes(), 1));
            got += 1;
        }
        assert_eq!(b.error(), None, "after {got}");
        assert!(!b.lost_handles());
    }
}
