#![no_main]
//! A peer that may also send descriptors, over a real socket: what is the channel's own (slabs, ring) is in it. Whatever it does, the end is told
//! once, and nothing is left behind.
//!
//! The input's first byte: how long the parts are that are sent. The second: which parts a descriptor goes with, and what it is.

use libfuzzer_sys::fuzz_target;
use procs::ipc::wire::{Event, Wire};
use procs::ipc::Socket;
use rustix::fs::{fcntl_add_seals, ftruncate, memfd_create, MemfdFlags, SealFlags};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::OnceLock;

const OURS: &str = "{\"protocol\":\"procs\",\"version\":1,\"capabilities\":[\"slab\",\"ring\",\"handles\"]}";
const THEIRS: &str = "H:{\"protocol\":\"procs\",\"version\":1,\"capabilities\":[\"slab\",\"ring\",\"handles\"]}\n";
const MAX_FRAME: usize = 1 << 20;
/// More than is open in one run.
const DESCRIPTORS: usize = 200;

fuzz_target!(|input: &[u8]| {
    let [length, handles, sent @ ..] = input else { return };
    // What the socket takes at once.
    let sent = &sent[..sent.len().min(16 << 10)];
    let (ours, theirs) = UnixStream::pair().unwrap();
    let mut wire = Wire::new(ours.into(), OURS, MAX_FRAME).unwrap();
    wire.read(true);
    let mut peer = Socket::new(theirs.into()).unwrap();
    let mut buffer = vec![0; 64 << 10];
    peer.write_parts(&[THEIRS.as_bytes()], &[]).unwrap();
    let mut ended = turn(&mut wire, &mut buffer);
    let fd = [if handles & 0x80 == 0 { slab() } else { unsealed() }];
    for (number, part) in sent.chunks(usize::from(*length) + 1).enumerate() {
        let carries = handles >> (number % 6) & 1 == 1;
        // It may have been hung up on.
        let _refused = peer.write_parts(&[part], if carries { &fd } else { &[] });
        ended += turn(&mut wire, &mut buffer);
    }
    drop(peer);
    ended += turn(&mut wire, &mut buffer);
    assert_eq!(ended, 1);
    wire.read(true);
    assert_eq!(turn(&mut wire, &mut buffer), if wire.fault().is_some() { 0 } else { 1 });
    drop(wire);
    look_for_leaks();
});

/// How often the end was told.
fn turn(wire: &mut Wire, buffer: &mut [u8]) -> usize {
    let mut events = Vec::new();
    wire.writable(&mut events);
    while wire.readable(buffer, &mut events) {}
    // A read ends with what descriptors came with, whatever is behind it.
    while wire.is_reading() && wire.readable(buffer, &mut events) {}
    events.iter().filter(|event| matches!(event, Event::End(_))).count()
}

type Fd = std::os::fd::BorrowedFd<'static>;

fn slab() -> Fd {
    static SLAB: OnceLock<OwnedFd> = OnceLock::new();
    SLAB.get_or_init(|| {
        let memory = memory();
        fcntl_add_seals(&memory, SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL).unwrap();
        memory
    })
    .as_fd()
}

fn unsealed() -> Fd {
    static MEMORY: OnceLock<OwnedFd> = OnceLock::new();
    MEMORY.get_or_init(memory).as_fd()
}

fn memory() -> OwnedFd {
    let memory = memfd_create("procs-fuzz", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING).unwrap();
    ftruncate(&memory, 65536).unwrap();
    memory
}

fn look_for_leaks() {
    static RUNS: AtomicUsize = AtomicUsize::new(0);
    if RUNS.fetch_add(1, Ordering::Relaxed) % 4096 == 0 {
        let open = std::fs::read_dir("/proc/self/fd").unwrap().count();
        assert!(open < DESCRIPTORS, "{open} descriptors");
        let mapped = std::fs::read_to_string("/proc/self/maps").unwrap().matches("procs-fuzz").count();
        assert!(mapped < 10, "{mapped} mappings");
    }
}
