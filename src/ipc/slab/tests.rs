//! Both ends in one process, and peers that do not keep to it.

use super::*;
use crate::ipc::platform::memory::{self, Memory};
use rustix::fs::{ftruncate, memfd_create, MemfdFlags};
use std::os::fd::OwnedFd;

const LIMIT: usize = 8 << 20;

fn outbound(limit: usize) -> Outbound {
    let outbound = Outbound::default();
    outbound.set_limit(limit);
    outbound
}

fn ends() -> (Outbound, Inbound) {
    (outbound(LIMIT), Inbound::new(LIMIT))
}

/// What the header's mark says.
fn parse(mark: &str) -> (u32, u32, u32) {
    let (length, place) = mark.strip_prefix('+').unwrap().split_once('s').unwrap();
    let (slab, offset) = place.split_once('.').unwrap();
    (slab.parse().unwrap(), offset.parse().unwrap(), length.parse().unwrap())
}

/// Frames of ours to the peer, and its answers.
fn announce(outbound: &Outbound, inbound: &Inbound) {
    for announcement in outbound.take_announcements() {
        let frame = String::from_utf8(announcement.frame).unwrap();
        let (head, json) = frame.trim_end().split_once(':').unwrap();
        let id = head.strip_prefix('L').unwrap().strip_suffix("@1").unwrap().parse().unwrap();
        let answer = inbound.announce(id, json.as_bytes(), vec![announcement.fd], false).unwrap();
        assert_eq!(answer, format!("F{id}:\n").into_bytes());
        outbound.answered(id, true).unwrap();
    }
}

fn arrive(inbound: &Inbound, mark: &str) -> Received {
    let (slab, offset, length) = parse(mark);
    inbound.arrive(slab, offset, length).unwrap()
}

/// Until there is room, or will be none.
fn send(outbound: &Outbound, inbound: &Inbound, bytes: &[u8]) -> Option<Received> {
    let placed = outbound.place(bytes);
    announce(outbound, inbound);
    Some(arrive(inbound, &placed.or_else(|| outbound.place(bytes))?))
}

fn bytes_of(received: &Received) -> &[u8] {
    // SAFETY: nobody writes to it meanwhile.
    unsafe { std::slice::from_raw_parts(received.start(), received.length()) }
}

fn give_back(outbound: &Outbound, inbound: &Inbound) {
    let frame = inbound.take_returns().unwrap();
    outbound.freed(frame.strip_prefix(b"F:").unwrap()).unwrap();
}

#[test]
fn what_is_sent_arrives_and_its_place_is_used_again() {
    let (outbound, inbound) = ends();
    let mut first = None;
    for round in 0..100u8 {
        let bytes = vec![round; SHORTEST + round as usize];
        let received = send(&outbound, &inbound, &bytes).unwrap();
        assert_eq!(bytes_of(&received), bytes);
        assert_eq!(received.place(), *first.get_or_insert(received.place()));
        drop(received);
        give_back(&outbound, &inbound);
    }
    assert_eq!(inbound.take_returns(), None);
}

#[test]
fn when_it_is_full_there_is_no_place_until_something_comes_back() {
    let (outbound, inbound) = ends();
    let mut received: Vec<_> = std::iter::from_fn(|| send(&outbound, &inbound, &[7; 1 << 20])).collect();
    assert_eq!(received.len(), LIMIT >> 20);
    assert!(outbound.allocate(1).is_none());
    received.swap_remove(3);
    give_back(&outbound, &inbound);
    received.extend(send(&outbound, &inbound, &[8; 1 << 20]));
    assert_eq!(received.len(), LIMIT >> 20);
    assert!(outbound.allocate(1 << 20).is_none());
    drop(received);
    give_back(&outbound, &inbound);
    assert!(outbound.allocate(1 << 20).is_some());
    assert!(outbound.allocate(LIMIT).is_none());
    assert!(outbound.allocate(usize::MAX).is_none());
}

#[test]
fn the_peer_may_take_less() {
    let small = outbound(1 << 20);
    assert!(small.allocate((1 << 20) + 1).is_none());
    assert!(small.allocate(1 << 20).is_some());
    assert!(Outbound::default().allocate(1).is_none());
}

#[test]
fn nothing_is_copied_to_where_the_peer_does_not_look_yet() {
    let (outbound, inbound) = ends();
    assert_eq!((outbound.place(&[1; SHORTEST]), outbound.place(&[1; SHORTEST])), (None, None));
    let announcements = outbound.take_announcements();
    assert_eq!(announcements.len(), 1);
    assert_eq!(announcements[0].frame, b"L1@1:{\"size\":1048576}\n");
    // It had no descriptor left.
    let answer = inbound.announce(1, b"{\"size\":1048576}", vec![], true).unwrap();
    assert_eq!(answer, b"F1:{\"code\":\"EMFILE\"}\n");
    assert!(inbound.arrive(1, 0, 1).is_err());
    outbound.answered(1, false).unwrap();
    assert!(outbound.answered(1, false).is_err());
    // It is asked again, but not each time.
    let tries = (1..).find(|_| outbound.place(&[1; SHORTEST]).is_some() || !outbound.take_announcements().is_empty()).unwrap();
    assert!((10..1000).contains(&tries), "{tries}");
    assert_eq!((outbound.answered(2, true), outbound.answered(2, true).is_err()), (Ok(()), true));
    assert_eq!(outbound.place(&[1; SHORTEST]).as_deref(), Some("+65536s2.0"));
}

#[test]
fn a_piece_that_is_not_sent_is_free_again() {
    let (outbound, _) = ends();
    let place = outbound.allocate(SHORTEST).map(|piece| piece.offset());
    assert_eq!(outbound.allocate(SHORTEST).map(|piece| piece.offset()), place);
}

#[test]
fn a_loose_piece_goes_to_the_channel_that_is_first() {
    let mut loose = Loose::default();
    let ((first, inbound), (second, _)) = (ends(), ends());
    let (a, b) = (loose.allocate(SHORTEST, LIMIT).unwrap(), loose.allocate(SHORTEST, LIMIT).unwrap());
    assert!(first.adopt(&a.slab()));
    let sent = first.send(a).unwrap();
    announce(&first, &inbound);
    let _a = arrive(&inbound, &sent);
    // They share a slab, which is the first's now.
    assert!(!second.adopt(&b.slab()));
    let b = second.send(b).unwrap_err();
    let sent = first.send(b).unwrap();
    assert!(first.take_announcements().is_empty());
    assert_eq!(arrive(&inbound, &sent).length(), SHORTEST);
    assert!(second.adopt(&loose.allocate(SHORTEST, LIMIT).unwrap().slab()));
    assert!(first.downgrade().allocate(SHORTEST).is_some());
    let gone = first.downgrade();
    drop(first);
    assert!(gone.allocate(SHORTEST).is_none());
}

#[test]
fn a_loose_piece_that_is_one_too_many_is_not_taken() {
    assert!(!outbound(1 << 16).adopt(&Loose::default().allocate(SHORTEST, LIMIT).unwrap().slab()));
}

#[test]
fn a_piece_in_a_slab_that_the_peer_could_not_map_is_not_taken() {
    let (outbound, _) = ends();
    let piece = outbound.allocate(SHORTEST).unwrap();
    outbound.answered(1, false).unwrap();
    assert!(outbound.send(piece).is_err());
}

#[test]
fn pieces_outlive_their_channel() {
    let (outbound, inbound) = ends();
    let received = send(&outbound, &inbound, &[9; SHORTEST]).unwrap();
    let own = outbound.allocate(SHORTEST).unwrap();
    drop((outbound, inbound));
    assert!(bytes_of(&received).iter().all(|byte| *byte == 9));
    // SAFETY: a piece of our own.
    unsafe { own.start().write_bytes(1, SHORTEST) };
}

#[test]
fn a_piece_is_given_back_by_one_who_has_it_and_once() {
    let (outbound, inbound) = ends();
    let received = send(&outbound, &inbound, &[1; SHORTEST]).unwrap();
    let kept = outbound.allocate(SHORTEST).unwrap();
    for unknown in
        [&b"[[2,0]]"[..], b"[[0,0]]", b"[[1,1]]", b"[[1,4096]]", b"[[1,4294967295]]", b"[[1]]", b"[1,0]", b"", b"null", b"[[1,-4096]]"]
    {
        assert!(outbound.freed(unknown).is_err(), "{}", unknown.escape_ascii());
    }
    // Not sent: ours alone.
    assert!(outbound.freed(format!("[[1,{}]]", kept.offset()).as_bytes()).is_err());
    drop(received);
    let frame = inbound.take_returns().unwrap();
    let json = frame.strip_prefix(b"F:").unwrap();
    assert_eq!((outbound.freed(json), outbound.freed(json).is_err()), (Ok(()), true));
    assert_eq!(outbound.freed(b"[]"), Ok(()));
}

#[test]
fn a_place_outside_of_its_slab_is_refused_and_one_that_is_here_already() {
    let (outbound, inbound) = ends();
    let received = send(&outbound, &inbound, &[1; 2 * PAGE]).unwrap();
    let size = 1 << 20;
    let end = size - PAGE as u32;
    for (slab, offset, length) in [
        (2, 0, 1),
        (0, 0, 1),
        (1, size, 1),
        (1, end, PAGE as u32 + 1),
        (1, u32::MAX - 4095, 4096),
        (1, 4095, 1),
        (1, 8192, 0),
        (1, 8192, u32::MAX),
        (1, 0, 1),
        (1, PAGE as u32, 1),
        (1, PAGE as u32, size),
    ] {
        assert!(inbound.arrive(slab, offset, length).is_err(), "{slab} {offset} {length}");
    }
    let behind = inbound.arrive(1, 2 * PAGE as u32, PAGE as u32).unwrap();
    let last = inbound.arrive(1, end, PAGE as u32).unwrap();
    drop((received, behind));
    assert!(inbound.arrive(1, 0, end + 1).is_err(), "the last page is still out");
    drop(last);
    assert!(inbound.arrive(1, 0, size).is_err(), "nobody has said yet that it came back");
    inbound.take_returns();
    assert!(inbound.arrive(1, 0, size).is_ok());
}

#[test]
fn only_memory_that_cannot_shrink_is_mapped() {
    let size = 1 << 20;
    let json = format!("{{\"size\":{size}}}");
    let offer = |id, json: &str, fds: Vec<OwnedFd>| Inbound::new(LIMIT).announce(id, json.as_bytes(), fds, false).map(drop);
    let sealed = || memory::create(c"procs-test", size).unwrap();
    assert_eq!(offer(1, &json, vec![sealed()]), Ok(()));

    let unsealed = memfd_create(c"procs-test", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING).unwrap();
    ftruncate(&unsealed, size as u64).unwrap();
    assert!(offer(1, &json, vec![unsealed]).is_err());
    assert!(offer(1, &json, vec![std::fs::File::open("/dev/zero").unwrap().into()]).is_err());
    assert!(offer(1, &json, vec![]).is_err());
    assert!(offer(1, &json, vec![sealed(), sealed()]).is_err());
    assert!(offer(0, &json, vec![sealed()]).is_err());
    for json in
        ["{\"size\":4096}", "{\"size\":2097152}", "{\"size\":0}", "{\"size\":-1}", "{\"size\":1e300}", "{}", "[]", "", "{\"size\":1048577}"]
    {
        assert!(offer(1, json, vec![sealed()]).is_err(), "{json}");
    }
    // Members that are not known are passed over.
    assert_eq!(offer(1, &format!("{{\"huge\":true,\"size\":{size}}}"), vec![sealed()]), Ok(()));
}

#[test]
fn a_peer_cannot_have_more_mapped_than_the_bound() {
    let inbound = Inbound::new(3 * PAGE);
    let announce = |id, pages: usize| {
        let fd = memory::create(c"procs-test", pages * PAGE).unwrap();
        inbound.announce(id, format!("{{\"size\":{}}}", pages * PAGE).as_bytes(), vec![fd], false).map(drop)
    };
    assert!(announce(1, 4).is_err());
    assert_eq!((announce(1, 2), announce(1, 1).is_err(), announce(2, 2).is_err(), announce(2, 1)), (Ok(()), true, true, Ok(())));
    let many = Inbound::new(LIMIT);
    let announced = (1..=100).filter(|id| {
        let fd = memory::create(c"procs-test", PAGE).unwrap();
        many.announce(*id, b"{\"size\":4096}", vec![fd], false).is_ok()
    });
    assert_eq!(announced.count(), MOST_SLABS);
}

#[test]
fn what_was_sent_cannot_be_cut_off_under_the_reader() {
    let (outbound, _) = ends();
    assert!(outbound.allocate(SHORTEST).is_some());
    let fd = outbound.take_announcements().remove(0).fd;
    assert!(ftruncate(&fd, 0).is_err());
    assert!(Memory::map(&fd, 1 << 20).is_ok());
}

#[test]
fn a_hundred_channels_leave_neither_descriptors_nor_mappings() {
    let count = || {
        let descriptors = std::fs::read_dir("/proc/self/fd").unwrap().filter_map(Result::ok);
        let slabs =
            descriptors.filter(|entry| std::fs::read_link(entry.path()).is_ok_and(|to| to.to_string_lossy().contains("procs-leak")));
        let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
        (slabs.count(), maps.matches("procs-leak").count())
    };
    assert_eq!(count(), (0, 0));
    for round in 0..100 {
        let fd = memory::create(c"procs-leak", PAGE).unwrap();
        let inbound = Inbound::new(LIMIT);
        inbound.announce(1, b"{\"size\":4096}", vec![fd], false).unwrap();
        let piece = inbound.arrive(1, 0, 1).unwrap();
        // In either order.
        if round % 2 == 0 {
            drop(inbound);
            drop(piece);
        } else {
            drop(piece);
            drop(inbound);
        }
    }
    assert_eq!(count(), (0, 0));
}

/// A slab of so many MB, whose pieces of one MB are all in use, and what it takes.
fn full(count: u8) -> (std::sync::Arc<Slab>, Vec<Allocated>, impl Fn() -> usize) {
    let slab = Slab::new(usize::from(count) << 20, None).unwrap();
    let file = slab.take_file().unwrap();
    let pieces = (0..count).map(|number| {
        let mut piece = slab.allocate(1 << 20).unwrap();
        piece.fill(&vec![number; 1 << 20]);
        piece
    });
    let pieces = pieces.collect();
    (slab, pieces, move || (rustix::fs::fstat(&file).unwrap().st_blocks as usize) << 9 >> 20)
}

#[test]
fn memory_that_nobody_has_used_for_a_while_goes_back_and_what_is_in_use_stays() {
    let (slab, mut pieces, megabytes) = full(8);
    assert_eq!((megabytes(), slab.has_slack()), (8, false));
    let kept = pieces.remove(3);
    drop(pieces);
    assert!(slab.has_slack());
    // It was used since the last time, which was never.
    assert!(!slab.give_back());
    assert_eq!((megabytes(), slab.has_slack()), (8, true));
    // No more at a time than takes a moment.
    assert_eq!((slab.give_back(), megabytes(), slab.has_slack()), (true, 4, true));
    assert_eq!((slab.give_back(), megabytes(), slab.has_slack()), (false, 1, false));
    // Around it, and again.
    let mut again = slab.allocate(2 << 20).unwrap();
    again.fill(&[9; 2 << 20]);
    assert_eq!((megabytes(), slab.has_slack()), (3, false));
    drop(again);
    // What is used now and then is kept, and no more.
    for _ in 0..3 {
        drop(slab.allocate(1 << 20).unwrap());
        assert!(!slab.give_back());
    }
    assert_eq!(megabytes(), 2);
    // SAFETY: nobody writes to it meanwhile.
    let bytes = unsafe { std::slice::from_raw_parts(kept.start(), kept.length()) };
    assert!(bytes.iter().all(|byte| *byte == 3));
}

#[test]
fn memory_that_peers_have_given_back_goes_back() {
    let (outbound, inbound) = ends();
    let received: Vec<_> = (0..4).map(|_| send(&outbound, &inbound, &[7; 1 << 20]).unwrap()).collect();
    assert!(!outbound.give_back());
    drop(received);
    give_back(&outbound, &inbound);
    assert!(outbound.has_slack());
    while outbound.give_back() {}
    assert!(!outbound.has_slack());
    assert_eq!(bytes_of(&send(&outbound, &inbound, &[8; 1 << 20]).unwrap()), [8; 1 << 20]);
}
