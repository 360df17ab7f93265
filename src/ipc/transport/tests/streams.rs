//! Bytes come out as they went in.

use super::support::{pair, read, read_until, wait};
use crate::ipc::Sent;
use rustix::io::Errno;

/// Bytes that tell when one is missing, twice there, or elsewhere.
fn pattern(from: usize, length: usize) -> Vec<u8> {
    (from..from + length).map(|n| (n ^ (n >> 8).wrapping_mul(31)) as u8).collect()
}

#[test]
fn around_the_edge_at_every_offset() {
    let (mut a, mut b) = pair();
    let mut position = 0;
    // 4096 and 61 have no divisor in common, so that every offset comes up.
    for _ in 0..4096 {
        let bytes = pattern(position, 61);
        assert_eq!(a.write_parts(&[&bytes[..20], &bytes[20..]], &[]), Ok(Sent::All));
        assert_eq!(read(&mut b), (bytes, Err(Errno::AGAIN)));
        position += 61;
    }
}

#[test]
fn what_there_is_no_room_for_follows_in_order() {
    let (mut a, mut b) = pair();
    let all = pattern(0, 3 * 4096 + 17);
    assert_eq!(a.write_parts(&[&all[..10_000]], &[]), Ok(Sent::Queued));
    assert_eq!(a.write_parts(&[&all[10_000..]], &[]), Ok(Sent::Queued));
    assert_eq!(a.queued(), all.len() - 4096);
    let mut got = Vec::new();
    let mut done = 0;
    while got.len() < all.len() {
        got.extend(read(&mut b).0);
        done += a.flush().unwrap();
    }
    assert_eq!((got == all, done, a.queued()), (true, 2, 0));
}

#[test]
fn a_full_ring_both_ways_comes_to_its_end() {
    let (a, b) = pair();
    let length = 1 << 20;
    let ends = [a, b].map(|mut end| {
        std::thread::spawn(move || {
            let all = pattern(0, length);
            assert_eq!(end.write_parts(&[&all], &[]), Ok(Sent::Queued));
            end.listen(true);
            let mut got = Vec::new();
            while got.len() < length || end.queued() > 0 {
                end.wake(false);
                got.extend(read(&mut end).0);
                end.flush().unwrap();
                if got.len() < length || end.queued() > 0 {
                    assert!(wait(&mut end), "no wake-up: {} bytes read, {} to write", got.len(), end.queued());
                }
            }
            assert!(got == all);
            end
        })
    });
    for end in ends {
        end.join().unwrap();
    }
}

#[test]
fn a_million_messages_and_every_sleep_is_ended() {
    let (mut a, mut b) = pair();
    const MESSAGES: u32 = 1_000_000;
    let writer = std::thread::spawn(move || {
        for number in 0..MESSAGES {
            let message = [number.to_ne_bytes(), (!number).to_ne_bytes()].concat();
            if a.write_parts(&[&message], &[]) == Ok(Sent::Queued) {
                while a.queued() > 0 {
                    assert!(wait(&mut a), "no room for a second");
                    a.flush().unwrap();
                }
            }
        }
        a
    });
    let mut expected = 0;
    while expected < MESSAGES {
        let bytes = read_until(&mut b, 8);
        for message in bytes.chunks(8) {
            assert_eq!(message, [expected.to_ne_bytes(), (!expected).to_ne_bytes()].concat());
            expected += 1;
        }
    }
    drop(writer.join().unwrap());
}
