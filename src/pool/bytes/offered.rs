//! What came with the frames that JavaScript is being handed, whoever of the workers they are from: they may be gone by now.

use crate::ipc::slab::Received;
use crate::pool::task::WorkerId;
use std::collections::VecDeque;
use std::os::fd::OwnedFd;

#[derive(Debug, Default)]
pub struct Offered {
    worker: WorkerId,
    pieces: Vec<Received>,
    handles: VecDeque<OwnedFd>,
}

impl Offered {
    /// What is left of earlier ones is closed; their pieces went back when they were [cleared](Offered::clear).
    pub fn offer(&mut self, worker: WorkerId, pieces: Vec<Received>, handles: Vec<OwnedFd>) {
        *self = Offered { worker, pieces, handles: handles.into() };
    }

    /// A piece that nobody has taken yet.
    pub fn take(&mut self, worker: WorkerId, slab: u32, offset: usize) -> Option<Received> {
        let index = self.pieces.iter().position(|piece| self.worker == worker && piece.place() == (slab, offset))?;
        Some(self.pieces.swap_remove(index))
    }

    /// The oldest descriptor that nobody has taken.
    pub fn take_handle(&mut self) -> Option<OwnedFd> {
        self.handles.pop_front()
    }

    /// They are handed over. Returns the worker that is to hear of pieces that nobody has taken.
    pub fn clear(&mut self) -> Option<WorkerId> {
        let left = std::mem::take(&mut self.pieces);
        (!left.is_empty()).then_some(self.worker)
    }
}
