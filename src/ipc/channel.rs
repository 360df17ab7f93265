//! A channel as an event loop sees it: when the socket or the ring is ready, what came of it.

use super::transport::{Ring, Transport};
use super::{Batch, Framing, Splitter};
use rustix::io::{Errno, Result};
use std::os::fd::OwnedFd;

/// V8's longest string: a line past it can never be handed over.
const LONGEST_LINE: usize = (1 << 29) - 24;

/// Says on a socket that what follows is in the ring. No message begins with it.
const TURN: u8 = 0xff;

#[derive(Debug)]
pub enum Event {
    Messages(Batch),
    /// So many of the oldest queued writes are done, or all of them failed.
    Written(u32, Result<()>),
    /// Nothing more can be read.
    End(Result<()>),
}

/// What the peer may still say of the ring that both have been given.
enum Offer {
    None,
    /// We have made it: the peer takes it with its very first byte, or does not know of it, being a plain Node.
    Made,
    /// The peer does not know of it.
    Declined,
    /// We have taken it: the peer will turn to it between two messages.
    Taken,
}

pub struct Channel {
    pub transport: Transport,
    framing: Framing,
    splitter: Splitter,
    offer: Offer,
}

impl Channel {
    pub fn new(fd: OwnedFd, framing: Framing) -> Result<Self> {
        Ok(Channel { transport: Transport::new(fd)?, framing, splitter: Splitter::new(framing), offer: Offer::None })
    }

    /// A ring of ours, which the peer has got along with its end of the socket, and may take.
    pub fn offer(&mut self, ring: Ring) {
        self.transport.hold_ring(ring);
        self.offer = Offer::Made;
    }

    /// A ring that came along with the socket. Before anything else.
    pub fn take(&mut self, ring: Ring) -> Result<()> {
        self.transport.hold_ring(ring);
        self.offer = Offer::Taken;
        self.transport.turn_out(&[TURN])
    }

    /// Whether there is a ring that nobody will use. Its bell must not be watched any more before [`Channel::drop_ring`].
    pub fn is_ring_declined(&self) -> bool {
        matches!(self.offer, Offer::Declined)
    }

    pub fn drop_ring(&mut self) {
        self.transport.drop_ring();
        self.offer = Offer::None;
    }

    pub fn framing(&self) -> Framing {
        self.framing
    }

    /// Whether part of a message is here and waits for the rest.
    pub fn is_midway(&self) -> bool {
        self.splitter.is_midway()
    }

    /// There is room.
    pub fn writable(&mut self, events: &mut Vec<Event>) {
        match self.transport.flush() {
            Ok(0) => {}
            Ok(writes) => events.push(Event::Written(writes, Ok(()))),
            Err(errno) => {
                let writes = self.transport.drop_queue();
                events.push(Event::Written(writes, Err(errno)));
            }
        }
    }

    /// There is input, or a hang-up, which is reported even where nobody asked for input. Returns whether there may be more.
    pub fn readable(&mut self, buffer: &mut [u8], events: &mut Vec<Event>) -> bool {
        if !self.transport.is_reading() {
            return false;
        }
        let end = match self.transport.receive(buffer) {
            Ok(0) => Ok(()),
            Err(Errno::AGAIN) => return false,
            Err(errno) => Err(errno),
            Ok(read) => match self.push(&buffer[..read], events) {
                Ok(()) if self.framing == Framing::Lines && self.splitter.pending() > LONGEST_LINE => Err(Errno::MSGSIZE),
                Ok(()) => return read == buffer.len(),
                Err(errno) => Err(errno),
            },
        };
        self.transport.listen(false);
        events.push(Event::End(end));
        false
    }

    fn push(&mut self, read: &[u8], events: &mut Vec<Event>) -> Result<()> {
        let turn = match self.offer {
            Offer::None | Offer::Declined => None,
            Offer::Made if read[0] == TURN => {
                self.transport.turn_in(&read[1..])?;
                self.offer = Offer::None;
                // If it is gone by now, reading will tell.
                return self.transport.turn_out(&[TURN]).or(Ok(()));
            }
            Offer::Made => {
                self.offer = Offer::Declined;
                None
            }
            Offer::Taken => self.splitter.position_of(TURN, read),
        };
        let Some(turn) = turn else {
            events.extend(self.splitter.push(read).map(Event::Messages));
            return Ok(());
        };
        if turn > 0 {
            events.extend(self.splitter.push(&read[..turn]).map(Event::Messages));
        }
        self.offer = Offer::None;
        self.transport.turn_in(&read[turn + 1..])
    }
}
