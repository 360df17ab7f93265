//! A pool's end and its workers' ends in one process, with real sockets between.

use super::*;
use crate::ipc::slab::SHORTEST;
use crate::ipc::wire::{Event, Wire, WithSegments, MAX_FRAME};
use crate::process::socket;
use rustix::io::Errno;
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;

const LIMIT: usize = 8 << 20;
const LARGE: usize = 1 << 20;

fn hello(more: &str) -> String {
    format!("{{\"protocol\":\"procs\",\"version\":1,\"capabilities\":[\"slab\"]{more}}}")
}

/// The pool's side of a worker.
struct Seat {
    wire: Wire,
    loan: Loan,
}

impl Seat {
    fn new(fd: OwnedFd, memory: &Memory) -> Self {
        let mut wire = Wire::new(fd, &hello(""), MAX_FRAME).unwrap();
        let loan = memory.loan();
        wire.lend(Box::new(loan.clone()));
        wire.allow_slabs(LIMIT);
        wire.read(true);
        Seat { wire, loan }
    }

    fn write(&mut self, frame: &Frame) -> rustix::io::Result<()> {
        frame.write(&mut self.wire, &self.loan).map(drop)
    }

    /// How it ended, if it has.
    fn turn(&mut self) -> Option<Result<(), String>> {
        let end = turn(&mut self.wire).into_iter().find_map(|event| if let Event::End(end) = event { Some(end) } else { None });
        end.map(|end| end.map_err(|_| self.wire.fault().unwrap().to_string()))
    }
}

fn turn(wire: &mut Wire) -> Vec<Event> {
    let mut events = Vec::new();
    let mut buffer = vec![0; 256 << 10];
    wire.writable(&mut events);
    while wire.readable(&mut buffer, &mut events) {}
    events
}

struct Worker {
    seat: Seat,
    wire: Wire,
}

impl Worker {
    fn new(memory: &Memory) -> Self {
        Worker::that_says(memory, "")
    }

    fn that_says(memory: &Memory, more: &str) -> Self {
        let (ours, theirs) = socket::pair().unwrap();
        let mut wire = Wire::new(theirs, &hello(more), MAX_FRAME).unwrap();
        wire.allow_slabs(LIMIT);
        wire.read(true);
        let mut worker = Worker { seat: Seat::new(ours, memory), wire };
        worker.settle();
        worker
    }

    /// Both ends have heard each other.
    fn settle(&mut self) -> Vec<WithSegments> {
        let mut frames = Vec::new();
        for _ in 0..64 {
            assert_eq!(self.seat.turn(), None);
            for event in turn(&mut self.wire) {
                match event {
                    Event::WithSegments(frame) => frames.push(*frame),
                    Event::End(end) => panic!("{end:?}"),
                    _ => {}
                }
            }
        }
        frames
    }

    fn get(&mut self, frame: &Frame) -> WithSegments {
        self.seat.write(frame).unwrap();
        let mut frames = self.settle();
        assert_eq!(frames.len(), 1);
        frames.remove(0)
    }

    /// Whoever has it no more says so.
    fn give_back(&mut self) {
        self.wire.give_back();
        self.settle();
    }
}

/// Which worker has mapped the memory: the first bytes tell it of that, and go inline.
fn warm(memory: &Memory, worker: &mut Worker) {
    drop(worker.get(&task(memory, &[0; LARGE], Sharing::Given)));
    worker.give_back();
}

fn task(memory: &Memory, bytes: &[u8], sharing: Sharing) -> Frame {
    let memory = (sharing == Sharing::Given).then_some(memory);
    let json = "{\"$\":[\"Uint8Array\",0]}";
    Frame::parts("Q7", true, "name", json, vec![Segment::copy(b'b', bytes, memory)], vec![], sharing)
}

/// Bytes that are not printed when they differ: they are many.
#[derive(PartialEq)]
struct Content(Vec<u8>);

impl std::fmt::Debug for Content {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} bytes: {:?}…", self.0.len(), &self.0[..self.0.len().min(16)])
    }
}

fn all(byte: u8, length: usize) -> Content {
    Content(vec![byte; length])
}

/// What came, and whether through memory.
fn read(frame: &WithSegments) -> (Content, bool) {
    assert_eq!(frame.text, b"[\"name\",{\"$\":[\"Uint8Array\",0]}]");
    match frame.pieces.first() {
        // SAFETY: nobody writes to it meanwhile.
        Some(piece) => (Content(unsafe { std::slice::from_raw_parts(piece.start(), piece.length()) }.to_vec()), true),
        None => (Content(frame.bytes.as_slice().to_vec()), false),
    }
}

/// Whether so many bytes are free in one place.
fn is_free(memory: &Memory, length: usize) -> bool {
    memory.allocate(length).is_some()
}

#[test]
fn bytes_arrive_inline_below_64_kib_and_through_memory_from_there_on() {
    let memory = Memory::new(LIMIT);
    let mut worker = Worker::new(&memory);
    warm(&memory, &mut worker);
    for (length, shared) in [(0, false), (1, false), (SHORTEST - 1, false), (SHORTEST, true), (SHORTEST + 1, true), (LIMIT, true)] {
        let bytes: Vec<u8> = (0..length).map(|n| (n * 7) as u8).collect();
        let frame = worker.get(&task(&memory, &bytes, Sharing::Given));
        assert_eq!(read(&frame), (Content(bytes), shared), "{length}");
        drop(frame);
        worker.give_back();
    }
    assert!(is_free(&memory, LIMIT));
}

#[test]
fn nothing_is_shared_before_somebody_needs_it() {
    let memory = Memory::new(LIMIT);
    let mut worker = Worker::new(&memory);
    drop(worker.get(&task(&memory, &[1; SHORTEST - 1], Sharing::Given)));
    assert_eq!(memory.slabs(), 0);
}

#[test]
fn a_worker_that_has_not_mapped_the_memory_gets_the_bytes_inline() {
    let memory = Memory::new(LIMIT);
    let mut worker = Worker::new(&memory);
    let frame = task(&memory, &[3; LARGE], Sharing::Given);
    assert_eq!(read(&worker.get(&frame)), (all(3, LARGE), false));
    assert_eq!(read(&worker.get(&frame)), (all(3, LARGE), true));
    // One that comes later is told with its hello.
    let mut later = Worker::new(&memory);
    assert_eq!(read(&later.get(&frame)), (all(3, LARGE), true));
}

#[test]
fn a_worker_that_takes_less_gets_it_inline() {
    let memory = Memory::new(LIMIT);
    let mut worker = Worker::that_says(&memory, ",\"maxSlab\":4096");
    let mut other = Worker::new(&memory);
    warm(&memory, &mut other);
    let frame = task(&memory, &[4; LARGE], Sharing::Given);
    for _ in 0..3 {
        assert!(!read(&worker.get(&frame)).1);
        assert_eq!(worker.seat.loan.count(), 0);
    }
    assert!(read(&other.get(&frame)).1);
}

#[test]
fn when_it_is_full_bytes_wait_in_ordinary_memory_and_go_through_what_is_free_by_then() {
    let memory = Memory::new(2 * LARGE);
    let mut worker = Worker::new(&memory);
    warm(&memory, &mut worker);
    let frames: Vec<_> = (0..4).map(|n| task(&memory, &[n; LARGE], Sharing::Given)).collect();
    let kept: Vec<_> = frames.iter().map(|frame| worker.get(frame)).collect();
    let shared: Vec<_> = kept.iter().map(|frame| read(frame).1).collect();
    assert_eq!(shared, [true, true, false, false]);
    drop((frames, kept));
    let more = [task(&memory, &[8; LARGE], Sharing::Given), task(&memory, &[9; LARGE], Sharing::Given)];
    assert_eq!(more.iter().map(|frame| read(&worker.get(frame)).1).collect::<Vec<_>>(), [false, false]);
    worker.give_back();
    assert!(more.iter().all(|frame| read(&worker.get(frame)).1));
}

#[test]
fn a_piece_goes_to_the_next_worker_when_the_first_dies() {
    let memory = Memory::new(LIMIT);
    let (mut first, mut second) = (Worker::new(&memory), Worker::new(&memory));
    warm(&memory, &mut first);
    warm(&memory, &mut second);
    let frame = task(&memory, &vec![5; LIMIT], Sharing::Given);
    let had = first.get(&frame);
    assert!(!is_free(&memory, SHORTEST));
    first.seat.loan.end();
    drop(first);
    let got = second.get(&frame);
    assert_eq!(read(&got), (all(5, LIMIT), true));
    drop((had, got, frame));
    assert!(!is_free(&memory, SHORTEST), "the second has not said that it has no use for it");
    second.give_back();
    assert!(is_free(&memory, LIMIT));
}

#[test]
fn a_piece_is_the_tasks_until_that_has_ended_even_when_it_came_back() {
    let memory = Memory::new(LIMIT);
    let mut worker = Worker::new(&memory);
    warm(&memory, &mut worker);
    let frame = task(&memory, &vec![5; LIMIT], Sharing::Given);
    drop(worker.get(&frame));
    worker.give_back();
    assert_eq!(worker.seat.loan.count(), 0);
    assert!(!is_free(&memory, SHORTEST));
    assert_eq!(read(&worker.get(&frame)), (all(5, LIMIT), true));
    drop(frame);
    assert!(!is_free(&memory, SHORTEST));
    worker.give_back();
    assert!(is_free(&memory, LIMIT));
}

#[test]
fn a_worker_that_has_the_piece_gets_the_bytes_inline_when_its_task_comes_again() {
    let memory = Memory::new(LIMIT);
    let mut worker = Worker::new(&memory);
    warm(&memory, &mut worker);
    let frame = task(&memory, &[6; LARGE], Sharing::Given);
    let first = worker.get(&frame);
    assert_eq!(read(&worker.get(&frame)), (all(6, LARGE), false));
    assert!(read(&first).1);
}

#[test]
fn what_may_be_needed_again_is_copied_for_each_worker() {
    let memory = Memory::new(LIMIT);
    let (mut first, mut second) = (Worker::new(&memory), Worker::new(&memory));
    warm(&memory, &mut first);
    warm(&memory, &mut second);
    let frame = task(&memory, &[7; LARGE], Sharing::Copied);
    let spoilt = first.get(&frame);
    assert!(read(&spoilt).1);
    // SAFETY: it is this worker's.
    unsafe { spoilt.pieces[0].start().write_bytes(0, LARGE) };
    assert_eq!(read(&second.get(&frame)), (all(7, LARGE), true));
}

#[test]
fn what_is_isolated_never_lies_where_other_workers_look() {
    let memory = Memory::new(LIMIT);
    let mut worker = Worker::new(&memory);
    warm(&memory, &mut worker);
    assert_eq!(read(&worker.get(&task(&memory, &[8; LARGE], Sharing::Never))), (all(8, LARGE), false));
}

#[test]
fn an_allocated_piece_goes_without_a_copy() {
    let memory = Memory::new(LIMIT);
    let mut worker = Worker::new(&memory);
    warm(&memory, &mut worker);
    let mut piece = memory.allocate(LARGE).unwrap();
    piece.fill(&[9; LARGE]);
    let start = piece.offset();
    assert!(memory.adopt(&piece.slab()));
    let segment = Segment { kind: b'b', bytes: Bytes::Piece(std::sync::Arc::new(piece)) };
    let frame = Frame::parts("Q7", true, "name", "{\"$\":[\"Uint8Array\",0]}", vec![segment], vec![], Sharing::Given);
    assert_eq!(frame.size(), LARGE + "Q7~=name".len() + "{\"$\":[\"Uint8Array\",0]}".len());
    let got = worker.get(&frame);
    assert_eq!((read(&got), got.pieces[0].place()), ((all(9, LARGE), true), (1, start)));
}

#[test]
fn a_piece_of_nobodys_slab_becomes_the_pools() {
    let mut loose = crate::ipc::slab::Loose::default();
    let (memory, other) = (Memory::new(LIMIT), Memory::new(LIMIT));
    let piece = loose.allocate(LARGE, LIMIT).unwrap();
    assert!(memory.adopt(&piece.slab()));
    assert!(memory.adopt(&piece.slab()));
    assert!(!other.adopt(&piece.slab()));
    assert_eq!((memory.number(&piece.slab()), other.number(&piece.slab())), (Some(1), None));
    assert!(!Memory::new(SHORTEST).adopt(&loose.allocate(LARGE, LIMIT).unwrap().slab()));
}

#[test]
fn a_worker_that_gives_back_what_it_does_not_have_is_cut_off_alone() {
    for lie in
        ["F:[[1,0]]\n", "F:[[2,0]]\n", "F:[[0,0]]\n", "F:[[1,4]]\n", "F:[[1,4294967295]]\n", "F:nonsense\n", "F9:\n", "F1:\n", "F:\n"]
    {
        let memory = Memory::new(LIMIT);
        let mut honest = Worker::new(&memory);
        warm(&memory, &mut honest);
        let kept = task(&memory, &[1; LARGE], Sharing::Given);
        let got = honest.get(&kept);
        let (ours, theirs) = socket::pair().unwrap();
        let mut seat = Seat::new(ours, &memory);
        let mut liar = UnixStream::from(theirs);
        // The piece at 0 is out, but not to this one.
        write!(liar, "H:{}\nF1:\n{lie}", hello("")).unwrap();
        let end = std::iter::from_fn(|| Some(seat.turn())).take(3).flatten().next();
        let first = end.expect("cut off").unwrap_err();
        assert!(first.contains("ERR_PROCS_IPC_PROTOCOL") || first.contains("ERR_PROCS_IPC_GARBAGE"), "{lie}: {first}");
        assert_eq!((honest.seat.loan.count(), read(&got)), (1, (all(1, LARGE), true)));
        drop((got, kept));
        honest.give_back();
        assert_eq!(honest.seat.loan.count(), 0);
    }
}

#[test]
fn a_piece_comes_back_once() {
    let memory = Memory::new(LIMIT);
    assert!(is_free(&memory, LARGE));
    let (ours, theirs) = socket::pair().unwrap();
    let mut seat = Seat::new(ours, &memory);
    let mut worker = UnixStream::from(theirs);
    writeln!(worker, "H:{}", hello("")).unwrap();
    assert_eq!(seat.turn(), None);
    writeln!(worker, "F1:").unwrap();
    assert_eq!(seat.turn(), None);
    seat.write(&task(&memory, &[1; LARGE], Sharing::Given)).unwrap();
    assert_eq!(seat.loan.count(), 1);
    writeln!(worker, "F:[[1,0]]").unwrap();
    assert_eq!((seat.turn(), seat.loan.count()), (None, 0));
    writeln!(worker, "F:[[1,0]]").unwrap();
    assert!(seat.turn().unwrap().is_err());
}

#[test]
fn a_worker_that_cannot_map_gets_bytes_inline_and_is_asked_again_some_time() {
    let memory = Memory::new(LIMIT);
    let (ours, theirs) = socket::pair().unwrap();
    let mut seat = Seat::new(ours, &memory);
    let mut worker = UnixStream::from(theirs);
    worker.set_nonblocking(true).unwrap();
    writeln!(worker, "H:{}", hello("")).unwrap();
    assert_eq!(seat.turn(), None);
    let mut heard = || {
        let mut bytes = vec![0; 1 << 20];
        let mut all = Vec::new();
        while let Ok(read @ 1..) = worker.read(&mut bytes) {
            all.extend_from_slice(&bytes[..read]);
        }
        all.windows(4).filter(|window| window == b"L1@1").count()
    };
    let frame = task(&memory, &[1; SHORTEST], Sharing::Given);
    let mut asked = Vec::new();
    for round in 0..200 {
        seat.write(&frame).unwrap();
        if heard() > 0 {
            asked.push(round);
            crate::ipc::slab::Lender::answered(&mut seat.loan.clone(), 1, false).unwrap();
        }
    }
    assert_eq!(seat.loan.count(), 0);
    assert!((2..10).contains(&asked.len()), "{asked:?}");
}

#[test]
fn descriptors_go_with_a_task_and_are_closed_with_it() {
    let memory = Memory::new(LIMIT);
    let (mut first, mut second) = (Worker::new(&memory), Worker::new(&memory));
    let open = |path: &str| {
        let all = std::fs::read_dir("/proc/self/fd").unwrap().flatten();
        all.filter(|entry| std::fs::read_link(entry.path()).is_ok_and(|link| link.to_str() == Some(path))).count()
    };
    let path = std::env::temp_dir().join(format!("procs-bytes-{}", std::process::id()));
    let file: OwnedFd = File::create(&path).unwrap().into();
    let text = path.to_str().unwrap();
    assert_eq!(open(text), 1);
    let frame = Frame::parts("Q7", false, "", "[{\"type\":\"fd\"},null]", vec![], vec![file], Sharing::Given);
    assert!(frame.as_line().is_none());
    for worker in [&mut first, &mut second] {
        frame.write(&mut worker.seat.wire, &worker.seat.loan).unwrap();
        let handles: Vec<_> = turn(&mut worker.wire)
            .into_iter()
            .flat_map(|event| if let Event::Frames(batch) = event { batch.handles } else { vec![] })
            .collect();
        assert_eq!(handles.len(), 1);
        let flags = rustix::io::fcntl_getfd(&handles[0]).unwrap();
        assert!(flags.contains(rustix::io::FdFlags::CLOEXEC) && handles[0].as_raw_fd() > 2);
        assert_eq!(open(text), 2);
    }
    drop(frame);
    assert_eq!(open(text), 0);
    std::fs::remove_file(path).unwrap();
}

#[test]
fn a_frame_that_is_more_than_the_worker_takes_is_not_sent() {
    let memory = Memory::new(LIMIT);
    let mut worker = Worker::that_says(&memory, ",\"maxFrame\":100000");
    let frame = task(&memory, &[1; 2 * SHORTEST], Sharing::Given);
    assert_eq!(worker.seat.write(&frame), Err(Errno::MSGSIZE));
    assert_eq!(worker.seat.loan.count(), 0);
    // It was told of the memory, through which it can have it.
    worker.settle();
    assert!(read(&worker.get(&frame)).1);
}

#[test]
fn what_somebody_has_outlives_the_memory() {
    let memory = Memory::new(LIMIT);
    let mut worker = Worker::new(&memory);
    warm(&memory, &mut worker);
    let frame = task(&memory, &[5; LARGE], Sharing::Given);
    let own = memory.allocate(LARGE).unwrap();
    memory.close();
    assert!(memory.allocate(SHORTEST).is_none() && !memory.adopt(&own.slab()));
    // Nobody can be told of it any more: it goes inline.
    assert_eq!(read(&worker.get(&frame)), (all(5, LARGE), false));
    drop((frame, own));
}

#[test]
fn neither_mappings_nor_descriptors_outlive_a_pool() {
    let count = || std::fs::read_to_string("/proc/self/maps").unwrap().matches("procs-slab").count();
    let files = || {
        let all = std::fs::read_dir("/proc/self/fd").unwrap().flatten();
        all.filter(|entry| std::fs::read_link(entry.path()).is_ok_and(|link| link.to_string_lossy().contains("procs-slab"))).count()
    };
    // Others test at the same time, and have some of their own: what grows with the rounds would be ours.
    let before = (count(), files());
    for _ in 0..200 {
        let memory = Memory::new(LIMIT);
        let mut worker = Worker::new(&memory);
        warm(&memory, &mut worker);
        worker.seat.write(&task(&memory, &[1; LARGE], Sharing::Given)).unwrap();
    }
    let after = (count(), files());
    assert!(after.0 < before.0 + 100 && after.1 < before.1 + 100, "{before:?} {after:?}");
}
