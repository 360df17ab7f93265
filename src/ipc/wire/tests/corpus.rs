//! What fuzzing begins with, and what it has found: `__test__/fuzz/corpus`.

use super::{feed, frames};
use crate::ipc::wire::{Header, Splitter, MAX_FRAME};
use std::fs;
use std::path::Path;

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("__test__/fuzz/corpus").join(target);
    let seeds: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| fs::read(entry.unwrap().path()).unwrap()).collect();
    assert!(seeds.len() > 5);
    seeds
}

#[test]
fn headers_are_understood() {
    for line in seeds("header") {
        Header::parse(&line).unwrap_or_else(|fault| panic!("{}: {fault}", line.escape_ascii()));
    }
}

#[test]
fn sessions_come_to_the_same_whole_and_in_parts() {
    for seed in seeds("session") {
        let run = |length: usize| {
            let mut splitter = super::greeted();
            let mut out = Vec::new();
            let result = seed[2..].chunks(length).try_for_each(|part| feed(&mut splitter, part, &mut out));
            (frames(&out), result.err().map(|fault| fault.code))
        };
        assert_eq!(run(seed.len()), run(usize::from(seed[0] & 0x7f) + 1));
        // Those that begin with a hello of their own.
        let _either = Splitter::new(MAX_FRAME).push(&seed[2..], &mut Vec::new());
    }
}
