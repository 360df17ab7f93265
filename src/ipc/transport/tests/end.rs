//! How it ends.

use super::support::{pair, read, wait};
use crate::ipc::transport::{Ring, RingFds};
use crate::ipc::Sent;
use rustix::io::Errno;

#[test]
fn what_was_written_before_the_end_is_read_before_it() {
    let (mut a, mut b) = pair();
    a.write_parts(&[b"last words"], &[]).unwrap();
    drop(a);
    b.listen(true);
    assert!(wait(&mut b));
    b.look_at_socket();
    assert_eq!(read(&mut b), (b"last words".to_vec(), Ok(0)));
    assert_eq!(b.write_parts(&[b"x"], &[]), Err(Errno::PIPE));
    assert_eq!(b.interest(), (false, false));
}

#[test]
fn the_end_wakes_whoever_sleeps() {
    let (a, mut b) = pair();
    b.listen(true);
    b.wake(false);
    let waiter = std::thread::spawn(move || {
        while read(&mut b).1 == Err(Errno::AGAIN) {
            assert!(wait(&mut b), "nobody says that the peer is gone");
        }
    });
    drop(a);
    waiter.join().unwrap();
}

#[test]
fn whoever_waits_for_room_hears_of_the_end_even_if_it_does_not_read() {
    let (mut a, b) = pair();
    assert_eq!(a.write_parts(&[&[0; 10_000]], &[]), Ok(Sent::Queued));
    assert_eq!(a.interest(), (true, false));
    drop(b);
    assert!(wait(&mut a));
    a.look_at_socket();
    assert_eq!(a.flush(), Err(Errno::PIPE));
    assert_eq!((a.drop_queue(), a.queued(), a.interest()), (1, 0, (false, false)));
}

#[test]
fn what_was_not_shown_was_not_written() {
    let fds = RingFds::create(4096).unwrap();
    let mut writer = Ring::open(fds.try_clone().unwrap(), 0).unwrap();
    let reader = Ring::open(fds, 1).unwrap();
    writer.push(b"shown").unwrap();
    writer.publish().unwrap();
    // Killed here.
    writer.push(b"not shown").unwrap();
    drop(writer);
    assert_eq!(reader.available(), Ok(5));
}

#[test]
fn a_reader_that_does_not_want_to_is_not_woken() {
    let (mut a, mut b) = pair();
    b.listen(true);
    b.listen(false);
    b.wake(true);
    assert_eq!(a.write_parts(&[b"later"], &[]), Ok(Sent::All));
    assert_eq!(b.linger(std::time::Instant::now()), super::super::Next::Wait);
    // It sleeps no more, so the second does not ring; what came is seen as soon as it is asked for.
    a.write_parts(&[b" and more"], &[]).unwrap();
    b.listen(true);
    assert!(wait(&mut b));
    assert_eq!(read(&mut b).0, b"later and more");
}
