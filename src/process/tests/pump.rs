use super::support::{await_readable, read_to_end};
use crate::process::{pipe, socket, Pump};
use rustix::event::{poll, PollFd, PollFlags, Timespec};
use rustix::io::{write, Errno};
use std::fs::File;
use std::os::fd::OwnedFd;
use std::sync::mpsc::{channel, Receiver};
use std::thread;
use std::time::Duration;

const AT_MOST: Duration = Duration::from_secs(20);
type Done = Receiver<Result<(), Errno>>;

fn pump(from: OwnedFd, to: Vec<OwnedFd>, head: &str) -> (Pump, Done) {
    let (done, told) = channel();
    (Pump::start(from, to, head.into(), move |result| done.send(result).unwrap_or(())).unwrap(), told)
}

fn write_all(fd: OwnedFd, text: String) -> thread::JoinHandle<Result<(), Errno>> {
    thread::spawn(move || {
        let mut rest = text.as_bytes();
        while !rest.is_empty() {
            rest = &rest[write(&fd, rest)?..];
        }
        Ok(())
    })
}

fn read_all(fd: OwnedFd) -> thread::JoinHandle<String> {
    thread::spawn(move || read_to_end(fd))
}

type Ends = (OwnedFd, OwnedFd);
const KINDS: [fn() -> rustix::io::Result<Ends>; 2] = [pipe, socket::pair];

/// Reading end, writing end.
fn channels() -> impl Iterator<Item = (Ends, Ends)> {
    KINDS.into_iter().flat_map(|source| KINDS.into_iter().map(move |target| (source().unwrap(), target().unwrap())))
}

fn much() -> String {
    (0..100_000).map(|line| format!("line {line}\n")).collect()
}

#[test]
fn everything_arrives_behind_the_head_whatever_the_ends_are() {
    for ((from, source), (target, to)) in channels() {
        let (_pump, done) = pump(from, vec![to], "head\n");
        let (writer, reader) = (write_all(source, much()), read_all(target));
        assert_eq!(done.recv_timeout(AT_MOST), Ok(Ok(())));
        assert_eq!(writer.join().unwrap(), Ok(()));
        assert_eq!(reader.join().unwrap(), format!("head\n{}", much()));
    }
}

#[test]
fn several_get_the_same() {
    for ((from, source), (target, to)) in channels() {
        let (other_target, other_to) = pipe().unwrap();
        let (_pump, done) = pump(from, vec![to, other_to], "");
        let (writer, readers) = (write_all(source, much()), [read_all(target), read_all(other_target)]);
        assert_eq!(done.recv_timeout(AT_MOST), Ok(Ok(())));
        assert_eq!(writer.join().unwrap(), Ok(()));
        for reader in readers {
            assert_eq!(reader.join().unwrap(), much());
        }
    }
}

#[test]
fn who_closes_its_end_drops_out_and_the_others_go_on() {
    for ((from, source), (target, to)) in channels() {
        let (other_target, other_to) = pipe().unwrap();
        let (_pump, done) = pump(from, vec![to, other_to], "");
        drop(target);
        let (writer, reader) = (write_all(source, much()), read_all(other_target));
        assert_eq!(done.recv_timeout(AT_MOST), Ok(Ok(())));
        assert_eq!(writer.join().unwrap(), Ok(()));
        assert_eq!(reader.join().unwrap(), much());
    }
}

#[test]
fn when_nobody_is_left_the_writer_learns_it() {
    for ((from, source), (target, to)) in channels() {
        let (_pump, done) = pump(from, vec![to], "");
        drop(target);
        assert_eq!(write_all(source, much()).join().unwrap(), Err(Errno::PIPE));
        assert_eq!(done.recv_timeout(AT_MOST), Ok(Ok(())));
    }
}

#[test]
fn a_target_that_fails_otherwise_is_said() {
    let (from, source) = pipe().unwrap();
    let full = File::options().write(true).open("/dev/full").unwrap();
    let (_pump, done) = pump(from, vec![full.into()], "");
    assert_eq!(write_all(source, much()).join().unwrap(), Err(Errno::PIPE));
    assert_eq!(done.recv_timeout(AT_MOST), Ok(Err(Errno::NOSPC)));
}

#[test]
fn the_slowest_sets_the_pace() {
    let (from, source) = pipe().unwrap();
    let ((fast, to_fast), (slow, to_slow)) = (pipe().unwrap(), pipe().unwrap());
    let (_pump, done) = pump(from, vec![to_fast, to_slow], "");
    let reader = read_all(fast);
    let writer = write_all(source, much());
    await_readable(&slow);
    // More than all the buffers in between hold, and one of the readers does not read.
    assert!(!writer.is_finished());
    assert_eq!(read_to_end(slow), much());
    assert_eq!(reader.join().unwrap(), much());
    assert_eq!(done.recv_timeout(AT_MOST), Ok(Ok(())));
}

#[test]
fn dropped_it_stops_and_says_nothing() {
    let (from, source) = pipe().unwrap();
    let (target, to) = pipe().unwrap();
    let (pump, done) = pump(from, vec![to], "");
    drop(pump);
    // Its ends are closed.
    let mut fds = [PollFd::new(&source, PollFlags::empty())];
    assert_eq!(poll(&mut fds, Some(&Timespec { tv_sec: 20, tv_nsec: 0 })), Ok(1));
    assert_eq!(read_to_end(target), "");
    assert!(done.recv_timeout(AT_MOST).is_err());
}
