//! How two ends come to use a ring, see "The ring" in docs/protocol.md.
//!
//! One of them offers (`O`), when there has been some traffic, so that a short-lived child does not pay for it. The other takes it (`A`) or
//! does not (`N`). `A` and the offerer's answer to it (`T`) are each the last frame of its sender on the socket.

use super::fault::Fault;
use super::peer::Wire;
use super::splitter::NativeFrame;
use crate::ipc::platform;
use crate::ipc::transport::{Ring, RingFds};
use rustix::io::{Errno, Result};
use std::os::fd::BorrowedFd;

/// So much traffic, in both directions, says that there will be more.
const ENOUGH_TURNS: u32 = 4;
const ENOUGH_BYTES: usize = 16 << 10;

/// Where it stands.
#[derive(Debug, Default)]
pub enum Negotiation {
    /// Nobody has offered one.
    #[default]
    None,
    /// We have, and wait for the answer.
    Offered,
    /// The peer has, and waits for ours.
    Asked(Box<Ring>),
    /// We have taken the peer's, and it will turn to it.
    Taken,
    /// Ours was refused.
    Refused,
    /// Both are in it, or there will be none.
    Over,
}

/// What is to be done by whoever watches the descriptors: a bell is watched before its ring is used, and until after it is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RingStep {
    None,
    /// Make one: [`Wire::offer_ring`].
    Offer,
    /// Watch [`Wire::asked_bell`]: [`Wire::take_ring`], or [`Wire::refuse_ring`] where that cannot be.
    Answer,
    /// Stop watching: [`Wire::drop_ring`].
    Drop,
}

impl Wire {
    /// Bytes went over the channel.
    pub(super) fn moved(&mut self, bytes: usize) {
        self.turns = self.turns.saturating_add(1);
        self.moved = self.moved.saturating_add(bytes);
    }

    pub fn ring_step(&self) -> RingStep {
        match self.ring {
            Negotiation::None if self.is_worth_a_ring() => RingStep::Offer,
            Negotiation::Asked(_) => RingStep::Answer,
            Negotiation::Refused => RingStep::Drop,
            _ => RingStep::None,
        }
    }

    /// Bytes that have come and gone so far.
    pub fn moved_bytes(&self) -> usize {
        self.moved
    }

    /// There will be more: a ring is worth while from the beginning.
    pub fn expect_traffic(&mut self) {
        self.turns = ENOUGH_TURNS;
    }

    fn is_worth_a_ring(&self) -> bool {
        let is_enough = self.turns >= ENOUGH_TURNS || self.moved >= ENOUGH_BYTES;
        is_enough && self.may_offer && !self.has_parted() && self.peer().is_some_and(|peer| peer.ring)
    }

    /// A ring of ours, whose bell is watched by now. `None`: it cannot be, and the socket does it.
    pub fn offer_ring(&mut self, ring: Option<(RingFds, Ring)>) {
        self.ring = Negotiation::Over;
        let Some((fds, ring)) = ring else { return };
        let line = format!("O@3:{{\"size\":{}}}\n", ring.length());
        self.transport.hold_ring(ring);
        self.ring = match self.write_native(line.as_bytes(), &fds.as_fds()) {
            Ok(()) => Negotiation::Offered,
            // Out of descriptors, or the peer is gone.
            Err(_) => Negotiation::Refused,
        };
    }

    /// Of the ring that the peer has offered.
    pub fn asked_bell(&self) -> Option<BorrowedFd<'_>> {
        match &self.ring {
            Negotiation::Asked(ring) => Some(ring.bell()),
            _ => None,
        }
    }

    pub fn take_ring(&mut self) {
        if let Negotiation::Asked(ring) = std::mem::replace(&mut self.ring, Negotiation::Taken) {
            self.transport.hold_ring(*ring);
            self.turn_out(b"A:\n");
        }
    }

    pub fn refuse_ring(&mut self) {
        self.ring = Negotiation::Over;
        // As above.
        let _unheard = self.write_native(b"N:\n", &[]);
    }

    pub fn drop_ring(&mut self) {
        self.transport.drop_ring();
        self.ring = Negotiation::Over;
    }

    /// One of `O`, `A`, `N`, `T`. `is_last`: nothing has come behind it.
    pub(super) fn ring_frame(&mut self, frame: NativeFrame, is_last: bool) -> std::result::Result<(), Fault> {
        match (frame.kind, &self.ring) {
            (b'O', Negotiation::None) => match open(frame) {
                Ok(ring) => self.ring = Negotiation::Asked(Box::new(ring)),
                Err(_) => self.refuse_ring(),
            },
            // Both have offered: there will be none.
            (b'O', Negotiation::Offered) => {
                let _unheard = self.write_native(b"N:\n", &[]);
            }
            (b'A', Negotiation::Offered) => {
                self.turn_in(is_last)?;
                self.ring = Negotiation::Over;
                self.turn_out(b"T:\n");
            }
            (b'N', Negotiation::Offered) => self.ring = Negotiation::Refused,
            (b'T', Negotiation::Taken) => {
                self.turn_in(is_last)?;
                self.ring = Negotiation::Over;
            }
            (kind, _) => return Err(Fault::protocol(format!("a frame of kind {}, which nobody has asked for", char::from(kind)))),
        }
        Ok(())
    }

    /// Whoever has said goodbye has nothing more to say, and stays where it is.
    fn turn_out(&mut self, last: &[u8]) {
        if !self.has_parted() {
            // If the peer is gone by now, reading will tell.
            let _unheard = self.transport.turn_out(last);
        }
    }

    fn turn_in(&mut self, is_last: bool) -> std::result::Result<(), Fault> {
        let result = if is_last { self.transport.turn_in(&[]) } else { Err(Errno::PROTO) };
        result.map_err(|_| Fault::protocol("something follows on the socket after the turn to the ring"))
    }
}

/// The ring that a peer offers. Whatever is wrong with it, the answer is no.
fn open(frame: NativeFrame) -> Result<Ring> {
    let [memory, bell_0, bell_1] = <[_; 3]>::try_from(frame.claimed.handles).map_err(|_| Errno::MFILE)?;
    Ring::open(RingFds { memory, bells: [bell_0, bell_1] }, 1)
}

/// Of the two ends of a socket that know each other's abilities, one offers: the one that has made the pair, or has accepted the connection.
pub(super) fn may_offer(socket: BorrowedFd<'_>) -> bool {
    platform::is_ours(socket)
}
