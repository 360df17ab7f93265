#![no_main]
//! A peer that may also send descriptors, over a real socket: what is the channel's own (slabs, ring) is in it. Whatever it does, the end is told
//! once, and nothing is left behind.
//!
//! The input's first byte: how long the parts are that are sent. The second: which parts descriptors go with, and what they are. Once both are to
//! talk through a ring, parts are written into its memory instead, at the place that their first two bytes say.

use libfuzzer_sys::fuzz_target;
use procs::ipc::transport::{Ring, RingFds};
use procs::ipc::wire::{Event, RingStep, Wire};
use procs::ipc::Socket;
use rustix::fs::{fcntl_add_seals, ftruncate, memfd_create, MemfdFlags, SealFlags};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::OnceLock;

const OURS: &str = "{\"protocol\":\"procs\",\"version\":1,\"capabilities\":[\"slab\",\"ring\",\"handles\"]}";
const THEIRS: &str = "H:{\"protocol\":\"procs\",\"version\":1,\"capabilities\":[\"slab\",\"ring\",\"handles\"]}\n";
const MAX_FRAME: usize = 1 << 20;
/// Shorter parts are no news to the splitter, and cost a system call each.
const SHORTEST: usize = 15;
/// More than is open in one run.
const DESCRIPTORS: usize = 200;

fuzz_target!(|input: &[u8]| {
    let [length, handles, sent @ ..] = input else { return };
    // What the socket takes at once.
    let sent = &sent[..sent.len().min(16 << 10)];
    let (ours, theirs) = UnixStream::pair().unwrap();
    let mut end =
        End { wire: Wire::new(ours.into(), OURS, MAX_FRAME).unwrap(), buffer: vec![0; 64 << 10], told: 0, refuses: handles & 0x20 != 0 };
    end.wire.read(true);
    let mut peer = Socket::new(theirs.into()).unwrap();
    peer.write_parts(&[THEIRS.as_bytes()], &[]).unwrap();
    end.turn();
    let mut ring = None;
    for (number, part) in sent.chunks(usize::from(*length).max(SHORTEST) + 1).enumerate() {
        if let (Some(ring), "ring") = (&ring, end.wire.transport.kind()) {
            tamper(ring, part);
        } else {
            let carries = handles >> (number % 5) & 1 == 1;
            let kind = handles >> 6;
            // It may have been hung up on.
            let _refused = match (carries, kind) {
                (false, _) => peer.write_parts(&[part], &[]),
                (true, 0) => peer.write_parts(&[part], &[slab()]),
                (true, 1) => peer.write_parts(&[part], &[unsealed(), unsealed(), unsealed()]),
                (true, _) => peer.write_parts(&[part], &ring.get_or_insert_with(|| RingFds::create(4096).unwrap()).as_fds()),
            };
        }
        end.turn();
    }
    drop(peer);
    end.turn();
    assert_eq!(end.told, 1);
    assert!(!end.wire.transport.is_reading());
    drop((end, ring));
    look_for_leaks();
});

/// As an event loop has it, without waiting.
struct End {
    wire: Wire,
    buffer: Vec<u8>,
    /// How often the end was.
    told: usize,
    refuses: bool,
}

impl End {
    fn turn(&mut self) {
        let mut events = Vec::new();
        self.wire.transport.wake(true);
        self.wire.transport.look_at_socket();
        self.wire.writable(&mut events);
        // A read ends with what descriptors came with, whatever is behind it, and some of a ring at its end.
        for _ in 0..6 {
            while self.wire.readable(&mut self.buffer, &mut events) {}
        }
        match self.wire.ring_step() {
            RingStep::None => {}
            RingStep::Offer => self.offer(),
            RingStep::Answer if self.refuses => self.wire.refuse_ring(),
            RingStep::Answer => self.wire.take_ring(),
            RingStep::Drop => self.wire.drop_ring(),
        }
        self.told += events.iter().filter(|event| matches!(event, Event::End(_))).count();
    }

    fn offer(&mut self) {
        let ring = (!self.refuses).then(|| {
            let fds = RingFds::create(4096).unwrap();
            let ring = Ring::open(fds.try_clone().unwrap(), 0).unwrap();
            (fds, ring)
        });
        self.wire.offer_ring(ring);
    }
}

fn tamper(ring: &RingFds, part: &[u8]) {
    let [low, high, bytes @ ..] = part else { return };
    let at = u64::from(u16::from_le_bytes([*low, *high]) % (3 << 12));
    rustix::io::pwrite(&ring.memory, bytes, at).unwrap();
}

type Fd = std::os::fd::BorrowedFd<'static>;

/// As a slab is to be.
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
        let mapped = std::fs::read_to_string("/proc/self/maps").unwrap().matches("memfd:procs").count();
        assert!(mapped < 10, "{mapped} mappings");
    }
}
