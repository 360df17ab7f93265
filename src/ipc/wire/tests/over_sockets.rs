//! Two ends, and a real socket between.

use crate::ipc::wire::{Event, Wire, MAX_FRAME};
use crate::ipc::Sent;
use crate::process::socket;
use rustix::io::Errno;
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;

const HELLO: &str = "{\"protocol\":\"procs\",\"version\":1,\"capabilities\":[\"slab\"]}";

fn pair() -> (Wire, Wire) {
    let (a, b) = socket::pair().unwrap();
    let [mut a, mut b] = [a, b].map(|fd| Wire::new(fd, HELLO, MAX_FRAME).unwrap());
    a.read(true);
    b.read(true);
    (a, b)
}

/// An end, and a peer that writes whatever it likes.
fn with_raw_peer() -> (Wire, UnixStream) {
    let (ours, theirs) = socket::pair().unwrap();
    let mut wire = Wire::new(ours, HELLO, MAX_FRAME).unwrap();
    wire.read(true);
    let mut peer = UnixStream::from(theirs);
    writeln!(peer, "H:{HELLO}").unwrap();
    let events = turn(&mut wire);
    assert!(matches!(events[..], [Event::Open(_)]), "{events:?}");
    (wire, peer)
}

fn turn(wire: &mut Wire) -> Vec<Event> {
    let mut events = Vec::new();
    let mut buffer = vec![0; 256 << 10];
    wire.writable(&mut events);
    while wire.readable(&mut buffer, &mut events) {}
    events
}

fn texts(events: &[Event]) -> Vec<String> {
    let texts = events.iter().filter_map(|event| match event {
        Event::Frames(batch) => Some(batch.text()),
        Event::WithSegments(frame) => Some(&frame.text[..]),
        _ => None,
    });
    texts.map(|text| String::from_utf8(text.to_vec()).unwrap()).collect()
}

fn handles(events: &mut [Event]) -> Vec<OwnedFd> {
    let handles = events.iter_mut().map(|event| match event {
        Event::Frames(batch) => std::mem::take(&mut batch.handles),
        Event::WithSegments(frame) => std::mem::take(&mut frame.handles),
        _ => Vec::new(),
    });
    handles.flatten().collect()
}

fn null() -> OwnedFd {
    File::open("/dev/null").unwrap().into()
}

/// Descriptors of this process that are open at the same file as `fd`.
#[cfg(target_os = "linux")]
fn open_at(fd: &OwnedFd) -> usize {
    use std::os::fd::AsRawFd;
    let target = std::fs::read_link(format!("/proc/self/fd/{}", fd.as_raw_fd())).unwrap();
    let all = std::fs::read_dir("/proc/self/fd").unwrap().flatten();
    all.filter(|entry| std::fs::read_link(entry.path()).is_ok_and(|link| link == target)).count()
}

#[test]
fn both_say_hello_and_nobody_waits_for_it() {
    let (mut a, mut b) = pair();
    assert_eq!(a.write(b"1\n", &[], &[]), Ok(Sent::All));
    let events = turn(&mut b);
    assert!(matches!(&events[0], Event::Open(hello) if hello == HELLO.as_bytes()), "{events:?}");
    assert_eq!(texts(&events), ["1"]);
    assert!(b.peer_takes_slabs().is_some() && a.peer_takes_slabs().is_none());
}

#[test]
fn what_the_kernel_does_not_take_goes_out_later_in_order() {
    let (mut a, mut b) = pair();
    let segment = vec![7; 3 << 20];
    let line = format!("Q1+{}b:1\n", segment.len());
    assert_eq!(a.write(line.as_bytes(), &[&segment], &[]), Ok(Sent::Queued));
    assert_eq!(a.write(b"2\n", &[], &[]), Ok(Sent::Queued));
    a.write_native(b"W1:3\n", &[]).unwrap();
    let (mut got, mut done) = (Vec::new(), 0);
    while a.transport.queued() > 0 || texts(&got).len() < 2 {
        got.extend(turn(&mut b));
        done += turn(&mut a).iter().map(|event| if let Event::Written(n, Ok(())) = event { *n } else { 0 }).sum::<u32>();
    }
    // What nobody waits for is not counted.
    assert_eq!(done, 2);
    assert_eq!(texts(&got), ["1", "[2,\n3]"]);
    let Some(Event::WithSegments(frame)) = got.iter().find(|event| matches!(event, Event::WithSegments(_))) else { panic!() };
    assert!(frame.bytes.as_slice() == segment);
}

#[test]
fn who_stops_reading_loses_nothing() {
    let (mut a, mut b) = pair();
    turn(&mut b);
    let mut sent = 0;
    b.read(false);
    while a.write(format!("{sent}\n").as_bytes(), &[], &[]) == Ok(Sent::All) {
        sent += 1;
    }
    assert!(turn(&mut b).is_empty() && b.interest() == (false, false));
    b.read(true);
    let mut got = Vec::new();
    while a.transport.queued() > 0 || !got.last().is_some_and(|text: &String| text.contains(&sent.to_string())) {
        turn(&mut a);
        got.extend(texts(&turn(&mut b)));
    }
    let numbers: Vec<u32> = got.iter().flat_map(|text| text.split(",\n")).map(|n| n.trim_matches(['[', ']']).parse().unwrap()).collect();
    assert_eq!(numbers, (0..=sent).collect::<Vec<_>>());
}

#[test]
fn descriptors_come_with_the_frame_that_announces_them() {
    let (mut a, mut b) = pair();
    let (ours, theirs) = UnixStream::pair().unwrap();
    a.write(b"1\n", &[], &[]).unwrap();
    a.write(b"Q1@2:\"two\"\n2\n", &[], &[theirs.as_fd(), null().as_fd()]).unwrap();
    a.write(b"M@1+3b:3\n", &[b"abc"], &[null().as_fd()]).unwrap();
    drop(theirs);
    // A read ends with descriptors.
    let mut events: Vec<_> = std::iter::repeat_with(|| turn(&mut b)).take(5).flatten().collect();
    assert_eq!(texts(&events).concat().matches("two").count(), 1);
    let mut counts = Vec::new();
    for event in &events {
        match event {
            Event::Frames(batch) => counts.extend(batch.metas().iter().map(|meta| (meta.kind, meta.handles, meta.flags))),
            Event::WithSegments(frame) => counts.push((frame.meta.kind, frame.meta.handles, frame.meta.flags)),
            _ => {}
        }
    }
    counts.retain(|(_, handles, _)| *handles > 0);
    assert_eq!(counts, [(b'Q', 2, 0), (b'M', 1, 0)]);
    let received = handles(&mut events);
    assert_eq!(received.len(), 3);
    b.offer_handles(received);
    let first = b.take_handle().unwrap();
    (&ours).write_all(b"hello").unwrap();
    let mut buffer = [0; 5];
    rustix::io::read(&first, &mut buffer).unwrap();
    assert_eq!(&buffer, b"hello");
    b.offer_handles(Vec::new());
    assert!(b.take_handle().is_none());
}

#[test]
#[cfg(target_os = "linux")]
fn descriptors_that_nobody_has_announced_are_closed() {
    let (mut wire, peer) = with_raw_peer();
    let (_ours, theirs) = UnixStream::pair().unwrap();
    let theirs = OwnedFd::from(theirs);
    let mut peer = crate::ipc::Socket::new(peer.into()).unwrap();
    for _ in 0..5 {
        peer.write_parts(&[b"1\n"], &[theirs.as_fd(); 253]).unwrap();
        assert_eq!(texts(&turn(&mut wire)), ["1"]);
    }
    assert_eq!(open_at(&theirs), 1);
    // With a line that does not end they wait for it, up to a bound.
    for _ in 0..4 {
        peer.write_parts(&[b"1"], &[theirs.as_fd(); 253]).unwrap();
        assert!(turn(&mut wire).is_empty());
    }
    assert_eq!(open_at(&theirs), 1 + 4 * 253);
    peer.write_parts(&[b"1"], &[theirs.as_fd(); 253]).unwrap();
    assert!(matches!(turn(&mut wire)[..], [Event::End(Err(Errno::PROTO))]));
    drop(wire);
    assert_eq!(open_at(&theirs), 1);
}

#[test]
fn announced_ones_that_did_not_come_are_told_of() {
    let (mut wire, mut peer) = with_raw_peer();
    peer.write_all(b"M@1:1\n").unwrap();
    let events = turn(&mut wire);
    let [Event::Frames(batch)] = &events[..] else { panic!("{events:?}") };
    assert_eq!((batch.metas()[0].handles, batch.metas()[0].flags), (0, 4));
    peer.write_all(b"R1:\n").unwrap();
    let events = turn(&mut wire);
    let [Event::Frames(batch)] = &events[..] else { panic!("{events:?}") };
    assert_eq!((batch.text(), batch.metas()[0].flags), (&b"null"[..], 8));
}

#[test]
fn a_peer_that_goes_in_the_middle_of_a_frame_is_told_of() {
    for (part, what) in
        [("1\n{\"a", "ends after"), ("1\nQ1+10b:1\nabc", "7 of the 10 bytes"), ("1\nQ1+200000b:1\nabc", "199997 of the 200000")]
    {
        let (mut wire, mut peer) = with_raw_peer();
        peer.write_all(part.as_bytes()).unwrap();
        drop(peer);
        let events: Vec<_> = std::iter::repeat_with(|| turn(&mut wire)).take(2).flatten().collect();
        assert_eq!(texts(&events), ["1"]);
        assert!(matches!(events.last(), Some(Event::End(Err(Errno::PROTO)))), "{events:?}");
        let fault = wire.fault().unwrap().to_string();
        assert!(fault.starts_with("ERR_PROCS_IPC_CLOSED ") && fault.contains(what), "{fault}");
    }
}

#[test]
fn a_peer_that_goes_between_frames_is_an_end() {
    let (mut wire, mut peer) = with_raw_peer();
    peer.write_all(b"1\nX:\n").unwrap();
    drop(peer);
    let events: Vec<_> = std::iter::repeat_with(|| turn(&mut wire)).take(2).flatten().collect();
    assert_eq!(texts(&events), ["[1,\nnull]"]);
    assert!(matches!(events.last(), Some(Event::End(Ok(())))), "{events:?}");
    assert!(wire.fault().is_none());
    assert!(turn(&mut wire).is_empty());
}

#[test]
fn a_peer_that_sends_garbage_is_told_why_and_heard_no_more() {
    let (mut wire, mut peer) = with_raw_peer();
    peer.write_all(b"1\ngarbage\n").unwrap();
    let events = turn(&mut wire);
    assert_eq!(texts(&events), ["1"]);
    assert!(matches!(events.last(), Some(Event::End(Err(Errno::PROTO)))), "{events:?}");
    peer.write_all(b"2\n").unwrap();
    wire.read(true);
    assert!(turn(&mut wire).is_empty() && wire.interest() == (false, false));
    drop(wire);
    let mut answer = String::new();
    let _cut_off = std::io::Read::read_to_string(&mut peer, &mut answer);
    assert!(answer.ends_with("\n") && answer.contains("\nX:{\"code\":\"ERR_PROCS_IPC_GARBAGE\""), "{answer}");
}

#[test]
fn whoever_ends_says_goodbye_once() {
    for (last, farewell) in [("1\n", "1\nX:\n"), ("1\nX:\n", "1\nX:\n"), ("X:{\"code\":\"E\"}\n", "X:{\"code\":\"E\"}\n")] {
        let (mut wire, mut peer) = with_raw_peer();
        wire.write(last.as_bytes(), &[], &[]).unwrap();
        wire.farewell();
        drop(wire);
        let mut said = String::new();
        std::io::Read::read_to_string(&mut peer, &mut said).unwrap();
        assert_eq!(said, format!("H:{HELLO}\n{farewell}"));
    }
    // Not in the middle of something.
    let (mut wire, mut peer) = with_raw_peer();
    assert_eq!(wire.write(&[b'1'; 4 << 20], &[], &[]), Ok(Sent::Queued));
    wire.farewell();
    drop(wire);
    let mut said = Vec::new();
    std::io::Read::read_to_end(&mut peer, &mut said).unwrap();
    assert_eq!(said.last(), Some(&b'1'));
}

#[test]
fn questions_of_a_peer_that_reads_no_answers_take_no_room_and_are_all_answered() {
    const QUESTIONS: usize = 50_000;
    let (mut wire, peer) = with_raw_peer();
    let mut asking = peer.try_clone().unwrap();
    let asks = std::thread::spawn(move || asking.write_all(&b"L:\n".repeat(QUESTIONS)).unwrap());
    let (mut asked, mut most) = (0, 0);
    while asked < QUESTIONS {
        for event in turn(&mut wire) {
            assert!(matches!(event, Event::Question), "{event:?}");
            wire.answer_question();
            asked += 1;
        }
        most = most.max(wire.transport.queued());
        std::thread::yield_now();
    }
    asks.join().unwrap();
    assert!(most <= 4096, "{most} bytes are queued");
    peer.set_nonblocking(true).unwrap();
    let (mut heard, mut buffer) = (Vec::<u8>::new(), vec![0; 64 << 10]);
    while heard.iter().filter(|byte| **byte == b'\n').count() < 1 + QUESTIONS {
        heard.extend((&peer).read(&mut buffer).map_or(&[][..], |read| &buffer[..read]));
        turn(&mut wire);
    }
    assert_eq!(heard, [format!("H:{HELLO}\n").as_bytes(), &b"F:\n".repeat(QUESTIONS)].concat());
}

/// With memory of 1 MiB that the peer has announced.
fn with_slab() -> (Wire, UnixStream) {
    let (mut wire, mut peer) = with_raw_peer();
    wire.allow_slabs(1 << 20);
    announce_slab(&peer, 1);
    assert!(turn(&mut wire).is_empty());
    let mut told = vec![0; format!("H:{HELLO}\nF1:\n").len()];
    peer.read_exact(&mut told).unwrap();
    assert!(told.ends_with(b"\nF1:\n"), "{}", told.escape_ascii());
    (wire, peer)
}

fn announce_slab(peer: &UnixStream, id: u32) {
    let memory = crate::ipc::platform::memory::create(c"procs-test", 1 << 20).unwrap();
    let sent = crate::ipc::socket::Socket::new(peer.try_clone().unwrap().into())
        .unwrap()
        .write_parts(&[format!("L{id}@1:{{\"size\":{}}}\n", 1 << 20).as_bytes()], &[memory.as_fd()]);
    assert_eq!(sent, Ok(Sent::All));
}

#[test]
fn what_has_come_back_waits_for_a_peer_that_does_not_read_and_is_told_when_it_does() {
    let (mut wire, mut peer) = with_slab();
    // More than the kernel takes: the peer has much to read.
    let long = [&vec![b'1'; 4 << 20][..], b"\n"].concat();
    assert_eq!(wire.write(&long, &[], &[]), Ok(Sent::Queued));
    let queued = wire.transport.queued();
    writeln!(peer, "M+65536s1.0:1").unwrap();
    assert!(matches!(turn(&mut wire)[..], [Event::WithSegments(_)]));
    wire.give_back();
    assert_eq!(wire.transport.queued(), queued);
    peer.set_nonblocking(true).unwrap();
    let (mut heard, mut buffer) = (Vec::<u8>::new(), vec![0; 64 << 10]);
    while !heard.ends_with(b"F:[[1,0]]\n") {
        heard.extend((&peer).read(&mut buffer).map_or(&[][..], |read| &buffer[..read]));
        turn(&mut wire);
    }
    // Now it may send it again.
    peer.set_nonblocking(false).unwrap();
    writeln!(peer, "M+65536s1.0:1").unwrap();
    assert!(matches!(turn(&mut wire)[..], [Event::WithSegments(_)]));
}

#[test]
fn a_peer_that_sends_again_what_it_has_not_read_to_be_free_is_hung_up_on() {
    let (mut wire, mut peer) = with_slab();
    assert_eq!(wire.write(&[b'1'; 4 << 20], &[], &[]), Ok(Sent::Queued));
    writeln!(peer, "M+65536s1.0:1\nM+65536s1.0:1").unwrap();
    let events = turn(&mut wire);
    assert!(matches!(events[..], [Event::End(Err(Errno::PROTO))] | [Event::WithSegments(_), Event::End(Err(Errno::PROTO))]), "{events:?}");
    let (mut wire, mut peer) = with_slab();
    assert_eq!(wire.write(&[b'1'; 4 << 20], &[], &[]), Ok(Sent::Queued));
    for sent in 0..2 {
        writeln!(peer, "M+65536s1.0:1").unwrap();
        // What was made of it is gone at once.
        let events = turn(&mut wire);
        wire.give_back();
        assert_eq!(matches!(events[..], [Event::End(Err(Errno::PROTO))]), sent == 1, "{events:?}");
    }
}

#[test]
fn refused_memory_that_a_peer_does_not_read_about_ends_it() {
    let (mut wire, mut peer) = with_slab();
    assert_eq!(wire.write(&[b'1'; 4 << 20], &[], &[]), Ok(Sent::Queued));
    let queued = wire.transport.queued();
    let mut id = 1;
    loop {
        id += 1;
        assert!(id < 10_000);
        // Without the descriptor that it announces.
        writeln!(peer, "L{id}@1:{{\"size\":4096}}").unwrap();
        if let [Event::End(Err(Errno::PROTO))] = turn(&mut wire)[..] {
            break;
        }
    }
    assert!(wire.transport.queued() < queued + (1 << 17));
}
