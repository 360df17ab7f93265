//! A wire's way to its ring, as far as it takes a handle on the loop.

use super::{Entry, EventLoop, Watched};
use crate::ipc::transport::{Ring, RingFds, CAPACITY};
use crate::ipc::wire::{RingStep, Wire};
use crate::node::handle::Handle;
use crate::node::wake::Watch;
use rustix::io::Errno;
use std::os::fd::AsRawFd;

impl EventLoop {
    /// After something was written.
    pub fn step_ring(&mut self, id: u32) {
        let Some(Watched { entry: Entry::Wire { handle, wire, bell }, .. }) = self.entries.get_mut(&id) else { return };
        let before = wire.interest();
        step_ring(self.watch.as_ref(), id, wire, bell);
        let (readable, writable) = wire.interest();
        if (readable, writable) != before {
            // What it offers may have to wait, where the write has just filled the socket. Out of watches (ENOSPC): as if unanswered.
            let _unheard = handle.watch_channel(readable, writable);
        }
    }
}

/// What the wire waits for. Where it cannot be, for want of descriptors, memory or watches, the socket goes on.
pub(super) fn step_ring(watch: Option<&Watch>, id: u32, wire: &mut Wire, bell: &mut Option<Handle>) {
    match wire.ring_step() {
        RingStep::None => {}
        RingStep::Offer => {
            let made = watch.and_then(|watch| make(watch, id).ok());
            wire.offer_ring(made.map(|(fds, ring, handle)| {
                *bell = Some(handle);
                (fds, ring)
            }));
        }
        RingStep::Answer => {
            *bell = watch.zip(wire.asked_bell()).and_then(|(watch, fd)| watch.bell(fd.as_raw_fd(), id).ok());
            if bell.is_some() {
                wire.take_ring();
            } else {
                wire.refuse_ring();
            }
        }
        RingStep::Drop => {
            *bell = None;
            wire.drop_ring();
        }
    }
}

fn make(watch: &Watch, id: u32) -> Result<(RingFds, Ring, Handle), Errno> {
    let fds = RingFds::create(CAPACITY)?;
    let ring = Ring::open(fds.try_clone()?, 0)?;
    let handle = watch.bell(ring.bell().as_raw_fd(), id)?;
    Ok((fds, ring, handle))
}
