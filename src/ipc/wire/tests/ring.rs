//! How two ends turn to a ring, without a frame lost or out of order.

use crate::ipc::transport::{Ring, RingFds};
use crate::ipc::wire::{Event, RingStep, Wire, MAX_FRAME};
use crate::process::socket;
use std::fs::File;
use std::io::Write;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;

const HELLO: &str = "{\"protocol\":\"procs\",\"version\":1,\"capabilities\":[\"ring\"]}";

fn pair() -> (Wire, Wire) {
    let (a, b) = socket::pair().unwrap();
    let [mut a, mut b] = [a, b].map(|fd| Wire::new(fd, HELLO, MAX_FRAME).unwrap());
    a.read(true);
    b.read(true);
    (a, b)
}

/// As an event loop does it, without waiting: what came of it.
fn turn(wire: &mut Wire) -> Vec<Event> {
    let mut events = Vec::new();
    let mut buffer = vec![0; 256 << 10];
    wire.transport.wake(true);
    wire.transport.look_at_socket();
    wire.writable(&mut events);
    // A read of the socket ends where descriptors came.
    for _ in 0..8 {
        wire.readable(&mut buffer, &mut events);
    }
    if wire.ring_step() == RingStep::Answer {
        wire.take_ring();
    }
    events
}

fn offer(wire: &mut Wire) {
    let fds = RingFds::create(4096).unwrap();
    let ring = Ring::open(fds.try_clone().unwrap(), 0).unwrap();
    wire.offer_ring(Some((fds, ring)));
}

fn texts(events: &[Event]) -> Vec<String> {
    let batches = events.iter().filter_map(|event| match event {
        Event::Frames(batch) => Some(String::from_utf8(batch.text().to_vec()).unwrap()),
        _ => None,
    });
    batches.flat_map(|text| text.trim_matches(['[', ']']).split(",\n").map(str::to_owned).collect::<Vec<_>>()).collect()
}

fn fault(events: &[Event], wire: &Wire) -> String {
    assert!(matches!(events.last(), Some(Event::End(Err(_)))), "{events:?}");
    wire.fault().unwrap().to_string()
}

#[test]
fn frames_keep_their_order_whenever_the_ends_turn() {
    // Each end writes before, between and after every step of the other's.
    for pause in 0..3 {
        let (mut a, mut b) = pair();
        let (mut from_a, mut from_b) = (Vec::new(), Vec::new());
        let mut sent = 0;
        for step in 0..30 {
            for _ in 0..step % 3 {
                a.write(format!("{sent}\n").as_bytes(), &[], &[]).unwrap();
                b.write(format!("{sent}\n").as_bytes(), &[], &[]).unwrap();
                sent += 1;
            }
            if step == 5 {
                offer(&mut a);
            }
            if pause == 0 || step % (pause + 1) == 0 {
                from_a.extend(texts(&turn(&mut b)));
            }
            if pause < 2 || step % 4 == 3 {
                from_b.extend(texts(&turn(&mut a)));
            }
        }
        for _ in 0..4 {
            from_b.extend(texts(&turn(&mut a)));
            from_a.extend(texts(&turn(&mut b)));
        }
        let expected: Vec<_> = (0..sent).map(|number| number.to_string()).collect();
        assert_eq!((from_a, from_b), (expected.clone(), expected));
        assert_eq!((a.transport.kind(), b.transport.kind()), ("ring", "ring"));
    }
}

#[test]
fn it_is_offered_when_there_has_been_traffic_and_the_peer_knows_of_rings() {
    let (mut a, mut b) = pair();
    turn(&mut a);
    assert_eq!(a.ring_step(), RingStep::None);
    for _ in 0..4 {
        a.write(b"1\n", &[], &[]).unwrap();
    }
    assert_eq!(a.ring_step(), RingStep::Offer);
    turn(&mut b);
    b.write(&[&[b'1'; 20_000][..], b"\n"].concat(), &[], &[]).unwrap();
    assert_eq!(b.ring_step(), RingStep::Offer);

    let (ours, theirs) = socket::pair().unwrap();
    let mut wire = Wire::new(ours, HELLO, MAX_FRAME).unwrap();
    wire.read(true);
    UnixStream::from(theirs).write_all(b"H:{\"protocol\":\"procs\",\"version\":1}\n1\n2\n").unwrap();
    turn(&mut wire);
    wire.write(&[b'1'; 20_000], &[], &[]).unwrap_err();
    assert_eq!(wire.ring_step(), RingStep::None);
}

#[test]
fn descriptors_and_segments_go_through_it() {
    let (mut a, mut b) = pair();
    offer(&mut a);
    for _ in 0..2 {
        turn(&mut b);
        turn(&mut a);
    }
    turn(&mut b);
    assert_eq!(b.transport.kind(), "ring");
    let null = File::open("/dev/null").unwrap();
    let bytes = vec![7; 100_000];
    a.write(b"1\nM@1:2\n", &[], &[null.as_fd()]).unwrap();
    a.write(b"3\nM+100000b:4\n", &[&bytes], &[]).unwrap();
    let (mut got, mut handles, mut segments) = (Vec::new(), 0, Vec::new());
    while segments.len() < bytes.len() {
        for event in turn(&mut b) {
            match event {
                Event::WithSegments(frame) => segments.extend_from_slice(frame.bytes.as_slice()),
                Event::Frames(batch) => {
                    handles += batch.handles.len();
                    got.extend(texts(&[Event::Frames(batch)]));
                }
                other => panic!("{other:?}"),
            }
        }
        turn(&mut a);
    }
    assert_eq!((got, handles), (["1", "2", "3"].map(str::to_owned).to_vec(), 1));
    assert!(segments == bytes);
    assert_eq!(a.transport.queued(), 0);
}

#[test]
fn without_one_both_stay_on_the_socket() {
    let (mut a, mut b) = pair();
    turn(&mut b);
    offer(&mut a);
    // It cannot be watched over there.
    let mut events = Vec::new();
    b.readable(&mut [0; 1000], &mut events);
    assert_eq!(b.ring_step(), RingStep::Answer);
    b.refuse_ring();
    turn(&mut a);
    assert_eq!(a.ring_step(), RingStep::Drop);
    a.drop_ring();
    a.write(b"1\n", &[], &[]).unwrap();
    b.write(b"2\n", &[], &[]).unwrap();
    assert_eq!((texts(&turn(&mut b)), texts(&turn(&mut a))), (vec!["1".to_owned()], vec!["2".to_owned()]));
    assert_eq!((a.transport.kind(), a.transport.bell().is_none()), ("socket", true));
    assert_eq!(a.ring_step(), RingStep::None);
}

#[test]
fn when_both_offer_there_is_none() {
    let (mut a, mut b) = pair();
    turn(&mut a);
    turn(&mut b);
    offer(&mut a);
    offer(&mut b);
    for wire in [&mut a, &mut b] {
        turn(wire);
    }
    turn(&mut a);
    for wire in [&mut a, &mut b] {
        assert_eq!(wire.ring_step(), RingStep::Drop);
        wire.drop_ring();
    }
    a.write(b"1\n", &[], &[]).unwrap();
    assert_eq!(texts(&turn(&mut b)), ["1"]);
}

#[test]
fn an_offer_that_is_none_is_refused_and_the_channel_goes_on() {
    let (mut a, mut b) = pair();
    turn(&mut a);
    turn(&mut b);
    let null = File::open("/dev/null").unwrap();
    a.write(b"O@3:{\"size\":12288}\n", &[], &[null.as_fd(), null.as_fd(), null.as_fd()]).unwrap();
    b.readable(&mut [0; 1000], &mut Vec::new());
    a.write(b"1\n", &[], &[]).unwrap();
    assert_eq!(texts(&turn(&mut b)), ["1"]);
    assert_eq!(b.ring_step(), RingStep::None);
    // What comes back is an N, which this one has not asked for.
    let events = turn(&mut a);
    assert!(fault(&events, &a).contains("a frame of kind N, which nobody has asked for"));
}

#[test]
fn what_nobody_has_asked_for_is_a_reason_to_hang_up() {
    for kind in ["A", "N", "T"] {
        let (mut a, mut b) = pair();
        turn(&mut b);
        a.write(format!("{kind}:\n").as_bytes(), &[], &[]).unwrap();
        let events = turn(&mut b);
        assert!(fault(&events, &b).contains("which nobody has asked for"));
    }
}

#[test]
fn what_follows_the_turn_on_the_socket_is_a_reason_to_hang_up() {
    for behind in ["A:\n1\n", "A:\nx", "A:\nQ1"] {
        let (ours, theirs) = socket::pair().unwrap();
        let mut wire = Wire::new(ours, HELLO, MAX_FRAME).unwrap();
        wire.read(true);
        let mut peer = UnixStream::from(theirs);
        writeln!(peer, "H:{HELLO}").unwrap();
        turn(&mut wire);
        offer(&mut wire);
        peer.write_all(behind.as_bytes()).unwrap();
        let events = turn(&mut wire);
        assert!(matches!(events.last(), Some(Event::End(Err(_)))), "{behind}: {events:?}");
    }
}

#[test]
fn nothing_of_a_ring_follows_a_goodbye() {
    // At whatever point of the negotiation either end says it.
    for (step, ours) in (0..6).flat_map(|step| [(step, true), (step, false)]) {
        let (mut a, mut b) = pair();
        let (mut from_a, mut from_b) = (Vec::new(), Vec::new());
        for now in 0..6 {
            if now == 1 {
                offer(&mut a);
            }
            if now == step {
                let end = if ours { &mut a } else { &mut b };
                end.write(b"1\nX:\n", &[], &[]).unwrap();
                assert_eq!(end.write_native(b"F:[]\n", &[]), Err(rustix::io::Errno::PIPE));
            }
            from_a.extend(texts(&turn(&mut b)));
            from_b.extend(texts(&turn(&mut a)));
        }
        // Who has not said it still talks.
        let other = if ours { &mut b } else { &mut a };
        other.write(b"2\n", &[], &[]).unwrap();
        for _ in 0..3 {
            from_a.extend(texts(&turn(&mut b)));
            from_b.extend(texts(&turn(&mut a)));
        }
        let (said, answered) = if ours { (from_a, from_b) } else { (from_b, from_a) };
        assert_eq!((said, answered), (vec!["1".to_owned(), "null".to_owned()], vec!["2".to_owned()]), "at step {step}");
        assert!(a.fault().is_none() && b.fault().is_none(), "at step {step}: {:?} {:?}", a.fault(), b.fault());
    }
}
