//! Frames that are the channel's own business, and never reach JavaScript.

use super::fault::Fault;
use super::peer::Wire;
use super::splitter::NativeFrame;
use rustix::io::Errno;
use std::os::fd::BorrowedFd;

impl Wire {
    /// Sends a frame of the channel's own: a whole line, behind what is queued. It is not counted among the writes that are waited for.
    /// After the goodbye nothing may follow: then it fails.
    pub fn write_native(&mut self, line: &[u8], handles: &[BorrowedFd<'_>]) -> Result<(), Errno> {
        if self.has_parted() {
            return Err(Errno::PIPE);
        }
        self.transport.write_quiet(&[line], handles)
    }

    /// Bytes that the peer maps of our slabs. None: it has not said so, or takes none.
    pub fn peer_takes_slabs(&self) -> Option<usize> {
        self.peer().filter(|peer| peer.slab).map(|peer| peer.max_slab)
    }

    /// `is_last`: nothing has come behind it.
    pub(super) fn native(&mut self, frame: NativeFrame, is_last: bool) -> Result<(), Fault> {
        match frame.kind {
            b'L' => self.slab_announced(frame),
            _ => self.ring_frame(frame, is_last),
        }
    }
}
