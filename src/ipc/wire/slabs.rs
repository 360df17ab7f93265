//! The shared memory of a wire: ours that the peer has mapped, and the peer's that is mapped here.

use super::body::WithSegments;
use super::fault::Fault;
use super::peer::{Event, Wire};
use super::splitter::NativeFrame;
use crate::ipc::slab::{Allocated, Inbound, Lender, Outbound, Received, Slab};
use std::os::fd::AsFd;
use std::sync::Arc;

pub struct Slabs {
    /// Bytes each way that this end wants.
    limit: usize,
    outbound: Outbound,
    /// In place of `outbound`.
    lender: Option<Box<dyn Lender>>,
    inbound: Inbound,
    /// Pieces of the frame that JavaScript has got last.
    offered: Vec<Received>,
    /// Slabs of the peer's that were refused since it had read everything.
    refused: u32,
    /// What has come back is not told yet.
    keeps_returns: bool,
}

/// While so many bytes wait for the peer to read them, it is not told of what has come back.
const UNREAD: usize = 1 << 20;
/// A peer that has so many slabs refused without reading that does not read.
const UNHEARD: u32 = 1024;

impl Default for Slabs {
    fn default() -> Self {
        Slabs {
            limit: 0,
            outbound: Outbound::default(),
            lender: None,
            inbound: Inbound::new(0),
            offered: Vec::new(),
            refused: 0,
            keeps_returns: false,
        }
    }
}

impl Wire {
    /// Bytes of shared memory that may be mapped each way; none unless this is called. Before anything is read.
    pub fn allow_slabs(&mut self, limit: usize) {
        self.slabs.limit = limit;
        self.slabs.inbound.set_limit(limit);
    }

    /// The peer maps memory that others map as well, and none of this wire's own. Before anything is read.
    pub fn lend(&mut self, lender: Box<dyn Lender>) {
        self.slabs.lender = Some(lender);
    }

    /// The peer has said hello.
    pub(super) fn slabs_open(&mut self) {
        let theirs = self.peer_takes_slabs().unwrap_or(0);
        match &mut self.slabs.lender {
            Some(lender) => {
                lender.open(theirs);
                self.announce_slabs();
            }
            None => self.slabs.outbound.set_limit(theirs.min(self.slabs.limit)),
        }
    }

    pub fn outbound(&self) -> &Outbound {
        &self.slabs.outbound
    }

    /// The mark of a segment whose bytes are in shared memory now; None: they go another way.
    pub fn place(&mut self, bytes: &[u8]) -> Option<String> {
        let mark = self.slabs.outbound.place(bytes);
        self.announce_slabs();
        mark
    }

    pub fn allocate(&mut self, length: usize) -> Option<Allocated> {
        let piece = self.slabs.outbound.allocate(length);
        self.announce_slabs();
        piece
    }

    /// Whether pieces of this slab can go to this peer: by [`Outbound::send`], without a copy.
    pub fn adopt(&mut self, slab: &Arc<Slab>) -> bool {
        let adopted = self.slabs.outbound.adopt(slab);
        self.announce_slabs();
        adopted && self.slabs.outbound.has(slab)
    }

    /// Tells the peer of memory that it does not know yet.
    pub fn announce_slabs(&mut self) {
        let announcements = match &mut self.slabs.lender {
            Some(lender) => lender.take_announcements(),
            None => self.slabs.outbound.take_announcements(),
        };
        for slab in announcements {
            if self.write_native(&slab.frame, &[slab.fd.as_fd()]).is_err() {
                // Out of descriptors for one that has to wait, or the peer is gone: then reading tells.
                match &mut self.slabs.lender {
                    Some(lender) => lender.withdraw(slab.id),
                    None => self.slabs.outbound.withdraw(slab.id),
                }
            }
        }
    }

    /// `L`: the peer has a slab for this end.
    pub(super) fn slab_announced(&mut self, frame: NativeFrame) -> Result<(), Fault> {
        let NativeFrame { id, json, claimed, .. } = frame;
        let answer = self.slabs.inbound.announce(id, &json, claimed.handles, claimed.lost).map_err(Fault::protocol)?;
        let is_refused = !answer.ends_with(b":\n");
        self.slabs.refused = if self.transport.queued() == 0 { 0 } else { self.slabs.refused + u32::from(is_refused) };
        if self.slabs.refused > UNHEARD {
            return Err(Fault::protocol("L frames whose answers are not read"));
        }
        self.answer(&answer);
        Ok(())
    }

    /// `F`: the peer has mapped a slab of ours, or could not, or has no use for some pieces any more, or has handed over all it got.
    pub(super) fn slab_answered(&mut self, frame: &NativeFrame, events: &mut Vec<Event>) -> Result<(), Fault> {
        let is_answer = frame.id == 0 && frame.json.is_empty();
        if is_answer && !self.has_asked() {
            return Err(Fault::protocol("F without a question"));
        }
        let Slabs { outbound, lender, .. } = &mut self.slabs;
        let answered = match (frame.id, lender) {
            (0, _) if is_answer => Ok(()),
            (0, Some(lender)) => lender.freed(&frame.json),
            (0, None) => outbound.freed(&frame.json),
            (id, Some(lender)) => lender.answered(id, frame.json.is_empty()),
            (id, None) => outbound.answered(id, frame.json.is_empty()),
        };
        answered.map_err(Fault::protocol)?;
        self.room_came(is_answer, events);
        Ok(())
    }

    /// The length of what was sent through shared memory since this was last asked, if there is no room for as much now.
    pub(super) fn take_lacking_room(&mut self) -> Option<usize> {
        self.slabs.outbound.take_sent().filter(|length| !self.slabs.outbound.has_room(*length))
    }

    /// Takes over what a frame refers to.
    pub(super) fn receive_pieces(&self, frame: &mut WithSegments) -> Result<(), Fault> {
        for segment in frame.segments.iter().filter(|segment| segment.kind == b's') {
            let piece = self.slabs.inbound.arrive(segment.slab, segment.offset, segment.length).map_err(Fault::protocol)?;
            frame.pieces.push(piece);
        }
        Ok(())
    }

    /// The frame with these is about to be handed over.
    pub fn offer_pieces(&mut self, pieces: Vec<Received>) {
        self.slabs.offered = pieces;
    }

    /// One of them, which nobody has taken yet.
    pub fn take_piece(&mut self, slab: u32, offset: usize) -> Option<Received> {
        let index = self.slabs.offered.iter().position(|piece| piece.place() == (slab, offset))?;
        Some(self.slabs.offered.swap_remove(index))
    }

    /// What nobody has taken of the last frame goes back, and the peer is told of all that does.
    pub fn give_back(&mut self) {
        self.slabs.offered.clear();
        self.tell_returns();
    }

    /// One that does not read is told when it does: until then these are pieces that it may not send again, so they are not more and more.
    fn tell_returns(&mut self) {
        self.slabs.keeps_returns = self.transport.queued() > UNREAD;
        if self.slabs.keeps_returns {
            return;
        }
        if let Some(frame) = self.slabs.inbound.take_returns() {
            self.answer(&frame);
        }
    }

    /// Something was written, or nothing waits.
    pub(super) fn tell_kept_returns(&mut self) {
        if self.slabs.keeps_returns {
            self.tell_returns();
        }
    }

    fn answer(&mut self, frame: &[u8]) {
        // It fails where the peer is gone, who needs no answer any more.
        let _unheard = self.write_native(frame, &[]);
    }
}
