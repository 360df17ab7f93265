//! Whatever comes is either taken or refused.

use super::{feed, frames, session};
use crate::ipc::wire::{Splitter, MAX_FRAME};

/// With bytes that have a meaning somewhere, and some that have none.
const OTHERS: &[u8] = b"\0\n\r \"\\:~@=+.-019{}[],HMQXLbslu\x7f\x80\xc3\xff";

#[test]
fn every_single_byte_corruption_is_taken_or_refused() {
    let session = session();
    for at in 0..session.len() {
        for other in OTHERS.iter().copied().chain((0..8).map(|bit| session[at] ^ 1 << bit)) {
            let mut corrupt = session.clone();
            corrupt[at] = other;
            outcome(&corrupt);
        }
    }
}

#[test]
fn so_is_every_byte_that_is_missing_or_too_many() {
    let session = session();
    for at in 0..session.len() {
        let mut shorter = session.clone();
        shorter.remove(at);
        outcome(&shorter);
        for more in OTHERS {
            let mut longer = session.clone();
            longer.insert(at, *more);
            outcome(&longer);
        }
    }
}

/// Takes it whole, and in two parts: what comes of it must be the same.
fn outcome(bytes: &[u8]) {
    let run = |parts: [&[u8]; 2]| {
        let mut splitter = Splitter::new(MAX_FRAME);
        let mut out = Vec::new();
        let result = parts.into_iter().try_for_each(|part| feed(&mut splitter, part, &mut out));
        (frames(&out), result.err().map(|fault| fault.code))
    };
    let whole = run([bytes, b""]);
    let halves = run([&bytes[..bytes.len() / 2], &bytes[bytes.len() / 2..]]);
    assert_eq!(whole, halves, "{}", bytes.escape_ascii());
}
