//! A channel as an event loop sees it: when the socket is ready, what came of it.

use super::{Batch, Framing, Received, Socket, Splitter};
use rustix::io::Errno;
use std::os::fd::OwnedFd;

/// V8's longest string: a line past it can never be handed over.
const LONGEST_LINE: usize = (1 << 29) - 24;

#[derive(Debug)]
pub enum Event {
    Messages(Batch),
    /// So many of the oldest queued writes are done, or all of them failed.
    Written(u32, Result<(), Errno>),
    /// Nothing more can be read.
    End(Result<(), Errno>),
}

pub struct Channel {
    pub socket: Socket,
    framing: Framing,
    splitter: Splitter,
    reading: bool,
}

impl Channel {
    pub fn new(fd: OwnedFd, framing: Framing) -> rustix::io::Result<Self> {
        Ok(Channel { socket: Socket::new(fd)?, framing, splitter: Splitter::new(framing), reading: false })
    }

    pub fn framing(&self) -> Framing {
        self.framing
    }

    pub fn read(&mut self, reading: bool) {
        self.reading = reading;
    }

    /// Whether part of a message is here and waits for the rest.
    pub fn is_midway(&self) -> bool {
        self.splitter.is_midway()
    }

    /// What to watch the socket for: input while reading, room while something is queued.
    pub fn interest(&self) -> (bool, bool) {
        (self.reading, self.socket.queued() > 0)
    }

    /// The socket has room.
    pub fn writable(&mut self, events: &mut Vec<Event>) {
        match self.socket.flush() {
            Ok(0) => {}
            Ok(writes) => events.push(Event::Written(writes, Ok(()))),
            Err(errno) => {
                let writes = self.socket.drop_queue();
                events.push(Event::Written(writes, Err(errno)));
            }
        }
    }

    /// The socket has input, or was hung up, which is reported even where nobody asked for input.
    pub fn readable(&mut self, buffer: &mut [u8], events: &mut Vec<Event>) {
        if !self.reading {
            return;
        }
        let Channel { socket, splitter, .. } = self;
        let result = socket.read(buffer, |part| events.extend(splitter.push(part).map(Event::Messages)));
        let end = match result {
            Ok(Received::Closed) => Ok(()),
            Ok(_) if self.framing == Framing::Lines && self.splitter.pending() > LONGEST_LINE => Err(Errno::MSGSIZE),
            Ok(_) => return,
            Err(errno) => Err(errno),
        };
        events.push(Event::End(end));
        self.reading = false;
    }
}
