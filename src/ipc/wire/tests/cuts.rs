//! A stream has no edges: wherever a read ends, the same frames come.

use super::{feed, frames, greeted, session, HELLO};
use crate::ipc::wire::{Arrival, Splitter, MAX_BATCH, MAX_FRAME};

fn in_parts<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Vec<String> {
    let mut splitter = Splitter::new(MAX_FRAME);
    let mut out = Vec::new();
    parts.into_iter().for_each(|part| feed(&mut splitter, part, &mut out).unwrap());
    assert_eq!(splitter.unfinished(), None);
    frames(&out)
}

#[test]
fn every_cut_through_a_session_gives_the_same_frames() {
    let session = session();
    let whole = in_parts([&session[..]]);
    assert_eq!(whole.len(), 25, "{whole:#?}");
    for cut in 0..=session.len() {
        assert_eq!(in_parts([&session[..cut], &session[cut..]]), whole, "cut at {cut}");
    }
    for length in 1..40 {
        assert_eq!(in_parts(session.chunks(length)), whole, "in parts of {length}");
    }
}

#[test]
fn every_prefix_gives_the_frames_that_it_holds() {
    let session = session();
    let whole = in_parts([&session[..]]);
    for end in 0..session.len() {
        let mut splitter = Splitter::new(MAX_FRAME);
        let mut out = Vec::new();
        splitter.push(&session[..end], &mut out).unwrap();
        let got = frames(&out);
        assert_eq!(got, whole[..got.len()], "up to {end}");
    }
}

#[test]
fn large_segments_come_whole_in_whatever_parts() {
    let bytes: Vec<u8> = (0..3_000_000u32).map(|n| (n % 251) as u8).collect();
    let line = format!("M~+100000b+{}l:7\n", bytes.len() - 100_000);
    let frame = [line.as_bytes(), &bytes, b"8\n"].concat();
    for length in [1000, 65_536, 262_144, frame.len()] {
        let mut splitter = greeted();
        let mut out = Vec::new();
        frame.chunks(length).for_each(|part| feed(&mut splitter, part, &mut out).unwrap());
        let [Arrival::WithSegments(large), Arrival::Frames(next)] = &out[..] else { panic!("{} arrivals", out.len()) };
        assert!(large.bytes.as_slice() == bytes, "in parts of {length}");
        assert_eq!(next.text(), b"8");
    }
}

#[test]
fn a_long_line_comes_whole_and_with_what_is_behind_it() {
    let long = format!("\"{}\"", "x".repeat(5_000_000));
    let session = format!("{HELLO}{long}\n2\nQ1:{long}\n");
    let got = in_parts(session.as_bytes().chunks(262_144));
    assert_eq!(got.len(), 4);
    assert!(got[1].ends_with(&long) && got[3].ends_with(&long) && got[2].ends_with(" 2"));
}

#[test]
fn batches_have_a_bound() {
    let mut out = Vec::new();
    greeted().push("1\nQ1:2\n".repeat(5000).as_bytes(), &mut out).unwrap();
    let counts: Vec<_> = out.iter().map(|arrival| if let Arrival::Frames(batch) = arrival { batch.count() as usize } else { 0 }).collect();
    assert_eq!(counts, [MAX_BATCH, MAX_BATCH, 10_000 - 2 * MAX_BATCH]);
}
