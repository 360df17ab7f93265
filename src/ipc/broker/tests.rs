//! A queue under every load: whatever is put in and dropped, and however little the socket takes, what comes out is whole frames in order.

use super::chunk::{Chunk, Frame};
use super::counters::Counters;
use super::outbox::{Outbox, Put};
use super::settings::{Bounds, Overflow};
use crate::process::socket;
use rustix::net::{recv, RecvFlags};
use std::os::fd::OwnedFd;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::Arc;

/// The same numbers on every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }
}

/// Frames `n:xxx…` LF, some of them no neighbours.
fn chunk(random: &mut Random, next: &mut usize) -> Arc<Chunk> {
    let (mut bytes, mut frames) = (Vec::new(), Vec::new());
    for _ in 0..1 + random.below(20) {
        if random.below(4) == 0 {
            bytes.extend_from_slice(b"gap");
        }
        let start = bytes.len() as u32;
        bytes.extend_from_slice(format!("{next}:").as_bytes());
        let length = if random.below(10) == 0 { 40_000 } else { random.below(2000) };
        bytes.resize(bytes.len() + length, b'x');
        bytes.push(b'\n');
        *next += 1;
        let nowhere = (start, start);
        frames.push(Frame { start, topic: nowhere, tail: start, json: nowhere, end: bytes.len() as u32, ..Frame::default() });
    }
    Chunk::new(bytes, frames)
}

fn read(socket: &OwnedFd, got: &mut Vec<u8>, most: usize) {
    let mut buffer = vec![0; most];
    if let Ok((read, _)) = recv(socket, &mut buffer[..], RecvFlags::DONTWAIT) {
        got.extend_from_slice(&buffer[..read]);
    }
}

fn play(seed: u64, overflow: Overflow) {
    let (ours, theirs) = socket::pair().unwrap();
    let counters = Counters::default();
    let bounds = Bounds { messages: 30, bytes: 100_000, overflow };
    let mut outbox = Outbox::new(bounds);
    let mut random = Random(seed);
    let (mut next, mut put, mut got) = (0, 0, Vec::new());
    for _ in 0..1000 {
        match random.below(8) {
            0..=2 => {
                let chunk = chunk(&mut random, &mut next);
                for at in 0..chunk.frames.len() {
                    // Some are for others.
                    if random.below(3) > 0 {
                        put += 1;
                        assert_ne!(outbox.offer_frame(&counters, &chunk, at), Put::TooSlow);
                    }
                }
            }
            3 => {
                let body = Chunk::new(format!("{next}:to you\n").into_bytes(), Vec::new());
                (next, put) = (next + 1, put + 1);
                outbox.offer_readdressed(&counters, &Arc::from(&b"="[..]), &body, 0);
            }
            4 => outbox.put_own(b"own\n".to_vec()),
            5 => outbox.let_go(),
            6 => {
                outbox.unblock();
                outbox.flush(&counters, &ours).unwrap();
            }
            _ => {
                let most = 1 + random.below(100_000);
                read(&theirs, &mut got, most);
            }
        }
        assert!(outbox.has_room(1, 0) || counters.queued.load(Relaxed) >= 1);
        assert!(counters.queued.load(Relaxed) as usize <= bounds.messages);
    }
    while !outbox.is_empty() {
        outbox.unblock();
        outbox.flush(&counters, &ours).unwrap();
        read(&theirs, &mut got, 1 << 20);
    }
    read(&theirs, &mut got, 1 << 20);
    let text = String::from_utf8(got).unwrap();
    assert!(text.ends_with('\n'));
    let (mut last, mut messages, mut told) = (None, 0, 0);
    for line in text.lines().filter(|line| *line != "own") {
        if let Some(notice) = line.strip_prefix("K:{\"dropped\":") {
            told += notice.split(',').next().unwrap().parse::<u64>().unwrap();
            continue;
        }
        let (number, rest) = line.strip_prefix('=').unwrap_or(line).split_once(':').unwrap();
        let number: usize = number.parse().unwrap();
        assert!(last.is_none_or(|last| last < number), "{number} behind {last:?}");
        assert!(rest == "to you" || rest.trim_matches('x').is_empty(), "{rest}");
        (last, messages) = (Some(number), messages + 1);
    }
    let counted = [&counters.delivered, &counters.dropped, &counters.queued, &counters.queued_bytes].map(|counter| counter.load(Relaxed));
    assert_eq!(counted, [messages, put - messages, 0, 0]);
    assert_eq!(told, put - messages);
}

#[test]
fn the_oldest_give_way() {
    (0..4).for_each(|seed| play(seed, Overflow::DropOldest));
}

#[test]
fn the_newest_are_not_taken() {
    (0..4).for_each(|seed| play(seed, Overflow::DropNewest));
}

#[test]
fn the_last_word_comes_behind_what_has_begun() {
    let (ours, theirs) = socket::pair().unwrap();
    let counters = Counters::default();
    let mut outbox = Outbox::new(Bounds { messages: 1000, bytes: 1 << 30, overflow: Overflow::Disconnect });
    let mut random = Random(1);
    let mut next = 0;
    while !outbox.is_blocked() {
        let chunk = chunk(&mut random, &mut next);
        for at in 0..chunk.frames.len() {
            outbox.offer_frame(&counters, &chunk, at);
        }
        outbox.flush(&counters, &ours).unwrap();
    }
    outbox.end_with(&counters, b"bye\n".to_vec());
    let mut got = Vec::new();
    while !outbox.is_empty() {
        read(&theirs, &mut got, 1 << 20);
        outbox.unblock();
        outbox.flush(&counters, &ours).unwrap();
    }
    read(&theirs, &mut got, 1 << 20);
    let text = String::from_utf8(got).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let (bye, messages) = lines.split_last().unwrap();
    assert_eq!(*bye, "bye");
    assert!(messages.iter().enumerate().all(|(at, line)| line.starts_with(&format!("{at}:"))));
    assert_eq!(counters.delivered.load(Relaxed) as usize, messages.len());
    assert_eq!(counters.queued.load(Relaxed), 0);
}
