//! A peer may write anything into the memory at any time.

use super::support::read;
use crate::ipc::platform::memory::Memory;
use crate::ipc::transport::layout::{self, Layout};
use crate::ipc::transport::{Next, Ring, RingFds, Transport};
use crate::ipc::Sent;
use crate::process::socket;
use rustix::fs::{fcntl_setfl, OFlags};
use rustix::io::Errno;
use std::os::fd::OwnedFd;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Instant;

/// End 0, in a ring with somebody who has all that the peer would have, and another hand in the memory.
struct Victim {
    transport: Transport,
    memory: Layout,
    peer: OwnedFd,
    fds: RingFds,
}

fn victim() -> Victim {
    let fds = RingFds::create(4096).unwrap();
    let memory = Layout::new(Memory::map(&fds.memory, layout::length(4096)).unwrap()).unwrap();
    let (ours, peer) = socket::pair().unwrap();
    let mut transport = Transport::new(ours).unwrap();
    transport.hold_ring(Ring::open(fds.try_clone().unwrap(), 0).unwrap());
    transport.turn_out(b"T").unwrap();
    transport.turn_in(&[]).unwrap();
    transport.listen(true);
    Victim { transport, memory, peer, fds }
}

fn send(victim: &Victim, bytes: &[u8]) {
    rustix::io::write(&victim.peer, bytes).unwrap();
}

/// What somebody who reads gets to hear, and that nobody goes round in circles over it.
fn verdict(victim: &mut Victim) -> Errno {
    assert!(victim.transport.is_readable());
    let started = Instant::now();
    assert_eq!(victim.transport.linger(started), Next::Again);
    let (_, end) = read(&mut victim.transport);
    victim.transport.listen(false);
    assert_eq!(victim.transport.linger(Instant::now()), Next::Wait);
    end.unwrap_err()
}

const VALUES: [u32; 9] = [1, 4095, 4096, 4097, 8192, 1 << 31, (1 << 31) + 1, u32::MAX - 4095, u32::MAX];

#[test]
fn a_tail_that_cannot_be_is_no_reading_beyond_what_there_is() {
    for value in VALUES {
        let mut victim = victim();
        victim.memory.end(1).tail.store(value, SeqCst);
        if value <= 4096 {
            let (bytes, end) = read(&mut victim.transport);
            assert_eq!((bytes.len(), end), (value as usize, Err(Errno::AGAIN)));
        } else {
            assert_eq!(verdict(&mut victim), Errno::PROTO, "{value}");
        }
    }
}

#[test]
fn a_tail_that_goes_back_is_seen() {
    let mut victim = victim();
    victim.memory.end(1).tail.store(100, SeqCst);
    assert_eq!(read(&mut victim.transport).0.len(), 100);
    victim.memory.end(1).tail.store(99, SeqCst);
    assert_eq!(verdict(&mut victim), Errno::PROTO);
}

#[test]
fn a_head_that_cannot_be_is_no_writing_over_what_is_not_read() {
    for value in VALUES {
        let mut victim = victim();
        assert_eq!(victim.transport.write_parts(&[&[7; 4000]], &[]), Ok(Sent::All));
        victim.memory.end(1).head.store(value, SeqCst);
        let result = victim.transport.write_parts(&[&[8; 200]], &[]);
        // What it says to be unread, modulo 2^32. It may say less than is true, at its own cost.
        match 4000u32.wrapping_sub(value) {
            unread @ 0..=3896 => assert_eq!(result, Ok(Sent::All), "{value}: {unread}"),
            unread @ 3897..=4096 => assert_eq!(result, Ok(Sent::Queued), "{value}: {unread}"),
            unread => assert_eq!(result, Err(Errno::PROTO), "{value}: {unread}"),
        }
    }
}

#[test]
fn whoever_waits_for_room_hears_of_a_head_that_cannot_be() {
    let mut victim = victim();
    victim.transport.listen(false);
    assert_eq!(victim.transport.write_parts(&[&[7; 5000]], &[]), Ok(Sent::Queued));
    victim.memory.end(1).head.store(1 << 30, SeqCst);
    assert_eq!(victim.transport.linger(Instant::now()), Next::Again);
    assert_eq!(victim.transport.flush(), Err(Errno::PROTO));
    assert_eq!(victim.transport.drop_queue(), 1);
    assert_eq!(victim.transport.linger(Instant::now()), Next::Wait);
}

#[test]
fn flags_of_any_value_are_flags() {
    for value in VALUES {
        let mut victim = victim();
        let peer = victim.memory.end(1);
        let flags: [&AtomicU32; 4] = [&peer.sleeping, &peer.cpu, &peer.wants_room, &peer.reads];
        flags.iter().for_each(|flag| flag.store(value, SeqCst));
        victim.memory.end(0).sleeping.store(value, SeqCst);
        assert_eq!(victim.transport.write_parts(&[b"hello"], &[]), Ok(Sent::All));
        let started = Instant::now();
        // Whatever it says of itself, nobody is kept longer than a turn.
        assert_eq!(victim.transport.linger(started), Next::Wait);
        assert!(started.elapsed().as_millis() < 500);
    }
}

#[test]
fn carriers_that_never_came_are_not_waited_for() {
    let mut victim = victim();
    for count in 1..1000 {
        let peer = victim.memory.end(1);
        peer.carriers.store(count * 7, SeqCst);
        peer.tail.fetch_add(1, SeqCst);
        let (bytes, end) = read(&mut victim.transport);
        assert_eq!((bytes.len(), end), (1, Err(Errno::AGAIN)));
        assert!(victim.transport.take_handle().is_none());
    }
}

#[test]
fn carriers_for_what_cannot_be_are_refused() {
    let beyond = 4097u32.to_ne_bytes();
    let behind = u32::MAX.to_ne_bytes();
    for carriers in [&beyond[..], &behind, &[1, 2, 3], &[0, 0, 0, 0, 9], b"hello world"] {
        let mut victim = victim();
        send(&victim, carriers);
        victim.transport.look_at_socket();
        assert_eq!(verdict(&mut victim), Errno::PROTO, "{carriers:?}");
    }
    // Each for itself could be, but not in this order.
    let mut victim = victim();
    send(&victim, &10u32.to_ne_bytes());
    send(&victim, &9u32.to_ne_bytes());
    victim.transport.look_at_socket();
    assert_eq!(verdict(&mut victim), Errno::PROTO);
}

#[test]
fn a_bell_that_was_made_to_block_makes_nobody_wait() {
    let mut victim = victim();
    fcntl_setfl(&victim.fds.bells[1], OFlags::RDWR).unwrap();
    // Full: a write to it would wait.
    rustix::io::write(&victim.fds.bells[1], &(u64::MAX - 1).to_ne_bytes()).unwrap();
    victim.memory.end(1).sleeping.store(1, SeqCst);
    assert_eq!(victim.transport.write_parts(&[b"hello"], &[]), Err(Errno::PROTO));

    // Empty: a read from it would wait.
    fcntl_setfl(&victim.fds.bells[0], OFlags::RDWR).unwrap();
    victim.transport.wake(true);
    assert_eq!(victim.transport.error(), None);
    assert_eq!(read(&mut victim.transport).1, Err(Errno::AGAIN));
}

#[test]
fn memory_that_is_no_ring_is_not_opened() {
    let open = |memory: OwnedFd| {
        let bells = RingFds::create(4096).unwrap().bells;
        Ring::open(RingFds { memory, bells }, 1).map(drop)
    };
    let good = RingFds::create(4096).unwrap();
    assert_eq!(open(good.memory), Ok(()));
    // Nothing in it.
    let empty = crate::ipc::platform::memory::create(c"procs-test", layout::length(4096)).unwrap();
    assert_eq!(open(empty), Err(Errno::PROTO));
    // Says that it is larger than it is.
    let lying = crate::ipc::platform::memory::create(c"procs-test", layout::length(4096)).unwrap();
    rustix::io::pwrite(&lying, &layout::beginning(8192), 0).unwrap();
    assert_eq!(open(lying), Err(Errno::PROTO));
    let odd = crate::ipc::platform::memory::create(c"procs-test", layout::length(4096) + 1).unwrap();
    rustix::io::pwrite(&odd, &layout::beginning(4096), 0).unwrap();
    assert_eq!(open(odd), Err(Errno::PROTO));
    let (socket, _other) = socket::pair().unwrap();
    assert_eq!(open(socket), Err(Errno::PROTO));
}

#[test]
fn nonsense_for_as_long_as_it_likes() {
    let mut random = 88_172_645_463_325_252_u64;
    let mut next = move || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random as u32
    };
    for _ in 0..300 {
        let mut victim = victim();
        for _ in 0..50 {
            let peer = victim.memory.end(1);
            let fields = [&peer.tail, &peer.head, &peer.carriers, &peer.sleeping, &peer.cpu, &peer.wants_room, &peer.reads];
            let value = if next() % 2 == 0 { next() } else { next() % 5000 };
            fields[next() as usize % fields.len()].store(value, SeqCst);
            let own = victim.memory.end(0);
            let fields = [&own.tail, &own.head, &own.sleeping, &own.wants_room];
            fields[next() as usize % fields.len()].store(next(), SeqCst);
            if next() % 8 == 0 {
                // It may be full, or closed to it.
                let _sent = rustix::net::send(&victim.peer, &next().to_ne_bytes(), rustix::net::SendFlags::DONTWAIT);
            }
            victim.transport.wake(next() % 2 == 0);
            victim.transport.look_at_socket();
            let (bytes, end) = read(&mut victim.transport);
            assert!(bytes.len() <= 4096 * 16 && end != Ok(0), "{end:?}");
            // Refused or taken, as it is.
            let _result = victim.transport.write_parts(&[&vec![1; next() as usize % 6000]], &[]);
            if victim.transport.flush().is_err() {
                victim.transport.drop_queue();
            }
            if end.is_err_and(|errno| errno != Errno::AGAIN) {
                victim.transport.listen(false);
            }
            let started = Instant::now();
            let mut looks = 0;
            while victim.transport.linger(started) == Next::Again {
                looks += 1;
                assert!(looks < 100, "it goes round in circles");
                if !matches!(read(&mut victim.transport).1, Err(Errno::AGAIN)) {
                    victim.transport.listen(false);
                }
                if victim.transport.flush().is_err() {
                    victim.transport.drop_queue();
                }
            }
        }
    }
}

#[test]
fn carriers_without_an_end_are_refused() {
    let mut victim = victim();
    for _ in 0..100 {
        send(&victim, &5u32.to_ne_bytes());
    }
    victim.transport.look_at_socket();
    assert_eq!(verdict(&mut victim), Errno::PROTO);
}
