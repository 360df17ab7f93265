//! Everything of one environment that waits for something: its children and its channels.

use super::arguments::negated;
use super::dispatch::Event;
use super::wake::Watch;
use crate::ipc::Channel;
use crate::process::{Batch, Child, End, ExitStatus, Pace, Poller, Ready};
use rustix::io::Errno;
use std::collections::HashMap;
use std::mem;
use std::time::Instant;

/// So many young children keep a CPU busy while their parent starts the next ones.
const YOUNG_PER_CPU: usize = 2;

/// So many times in a row.
const GUESSES: u32 = 16;

/// Read at once from a channel; the kernel holds less than that by default.
const READ: usize = 256 * 1024;

pub enum Entry {
    Child(Child),
    Channel(Box<Channel>),
}

struct Watched {
    entry: Entry,
    /// Keeps the loop alive.
    referenced: bool,
    /// Known to the poller: a channel that waits for nothing is not, since a hang-up would be reported for ever.
    polled: bool,
}

/// Children and channels by the ids that JavaScript knows them by.
pub struct EventLoop {
    poller: Poller,
    watch: Watch,
    entries: HashMap<u32, Watched>,
    last_id: u32,
    references: usize,
    /// Children whose start still borrows memory.
    launching: Vec<u32>,
    buffer: Vec<u8>,
    pace: Pace,
    /// JavaScript is handling an exit.
    in_exit: bool,
    last_channel: Option<u32>,
    guesses: u32,
}

impl EventLoop {
    pub fn new(poller: Poller, watch: Watch) -> Self {
        let cpus = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        EventLoop {
            poller,
            watch,
            entries: HashMap::new(),
            last_id: 0,
            references: 0,
            launching: Vec::new(),
            buffer: Vec::new(),
            pace: Pace::new(YOUNG_PER_CPU * cpus),
            in_exit: false,
            last_channel: None,
            guesses: 0,
        }
    }

    /// Keeps an entry under a new id, watched for input or for its end. Channels are not read yet. A child that cannot be watched is ended.
    pub fn insert(&mut self, mut entry: Entry) -> Result<u32, Errno> {
        let mut id = self.last_id;
        loop {
            // Within an int32, since that is how ids reach JavaScript.
            id = if id >= i32::MAX as u32 { 1 } else { id + 1 };
            if !self.entries.contains_key(&id) {
                break;
            }
        }
        let polled = match &mut entry {
            Entry::Child(child) => {
                self.poller.add(&*child, id.into(), true, false).inspect_err(|_| {
                    // Nobody would see its end; dropped, it is reaped like every child without an owner.
                    let _gone = child.signal(libc::SIGKILL);
                })?;
                true
            }
            Entry::Channel(_) => false,
        };
        self.last_id = id;
        let launching = matches!(entry, Entry::Child(_));
        self.entries.insert(id, Watched { entry, referenced: true, polled });
        self.add_reference();
        if launching {
            self.settle_launches();
            self.launching.push(id);
            if self.in_exit {
                self.pace.started(id, Instant::now());
            }
        }
        Ok(id)
    }

    pub fn child(&mut self, id: u32) -> Option<&mut Child> {
        match &mut self.entries.get_mut(&id)?.entry {
            Entry::Child(child) => Some(child),
            Entry::Channel(_) => None,
        }
    }

    pub fn channel(&mut self, id: u32) -> Option<&mut Channel> {
        match &mut self.entries.get_mut(&id)?.entry {
            Entry::Channel(channel) => Some(channel),
            Entry::Child(_) => None,
        }
    }

    /// Stops watching and forgets. A child that is still running is handed to the reaper.
    pub fn remove(&mut self, id: u32) {
        let Some(watched) = self.entries.remove(&id) else { return };
        self.unwatch(&watched);
        if watched.referenced {
            self.drop_reference();
        }
    }

    /// As [`EventLoop::remove`] for all of them.
    pub fn clear(&mut self) {
        for (_, watched) in mem::take(&mut self.entries) {
            self.unwatch(&watched);
        }
        self.references = 0;
        self.watch.close();
    }

    /// Whether this entry keeps the loop alive.
    pub fn set_referenced(&mut self, id: u32, referenced: bool) {
        let Some(watched) = self.entries.get_mut(&id) else { return };
        if mem::replace(&mut watched.referenced, referenced) != referenced {
            if referenced {
                self.add_reference();
            } else {
                self.drop_reference();
            }
        }
    }

    pub fn is_referenced(&self, id: u32) -> bool {
        self.entries.get(&id).is_some_and(|watched| watched.referenced)
    }

    fn add_reference(&mut self) {
        self.references += 1;
        if self.references == 1 {
            self.watch.reference();
        }
    }

    fn drop_reference(&mut self) {
        self.references -= 1;
        if self.references == 0 {
            self.watch.unreference();
        }
    }

    /// Gives memory back that children have left.
    fn settle_launches(&mut self) {
        let entries = &mut self.entries;
        self.launching.retain(|id| match entries.get_mut(id).map(|watched| &mut watched.entry) {
            Some(Entry::Child(child)) => !child.settle(),
            _ => false,
        });
    }

    /// After anything that changes what a channel waits for.
    pub fn rewatch_channel(&mut self, id: u32) -> Result<(), Errno> {
        let Some(Watched { entry: Entry::Channel(channel), polled, .. }) = self.entries.get_mut(&id) else { return Ok(()) };
        let (readable, writable) = channel.interest();
        match (*polled, readable || writable) {
            (true, true) => self.poller.modify(&channel.socket, id.into(), readable, writable)?,
            (true, false) => self.poller.remove(&channel.socket)?,
            (false, true) => self.poller.add(&channel.socket, id.into(), readable, writable)?,
            (false, false) => {}
        }
        *polled = readable || writable;
        Ok(())
    }

    /// The channel that was ready last, if it is likely to be what is ready now: a conversation with one child then costs no system
    /// call more than reading. Now and then everything is asked for, so that one that never stops talking hides nobody.
    pub fn guess(&mut self) -> Option<Ready> {
        let id = self.last_channel?;
        let likely = self.guesses < GUESSES && self.channel(id).is_some_and(|channel| channel.interest() == (true, false));
        if !likely {
            self.last_channel = None;
            return None;
        }
        self.guesses += 1;
        Some(Ready { token: id.into(), readable: true, writable: false })
    }

    /// What is ready now.
    pub fn ready(&self) -> Batch {
        let mut batch = Batch::new();
        // Nothing is ready where the set itself cannot be asked: the next turn asks again.
        let _asked = self.poller.ready(&mut batch);
        batch
    }

    /// What came of it, in order. An exit is only noted: see [`EventLoop::next_exit`].
    pub fn handle(&mut self, ready: Ready) -> Vec<Event> {
        let id = ready.token as u32;
        match self.entries.get_mut(&id) {
            Some(Watched { entry: Entry::Channel(_), .. }) => {
                if self.last_channel != Some(id) {
                    self.last_channel = Some(id);
                    self.guesses = 0;
                }
                return self.channel_ready(id, ready);
            }
            Some(Watched { entry: Entry::Child(child), polled, .. }) => {
                // Noted once, so no longer watched. It was, so this cannot fail.
                let _unwatched = self.poller.remove(&*child);
                *polled = false;
                self.pace.ended(id, Instant::now());
            }
            None => {}
        }
        Vec::new()
    }

    /// The exit that is to be handed to JavaScript now, if any. [`EventLoop::exit_handled`] must follow.
    pub fn next_exit(&mut self) -> Option<(u32, Event)> {
        let id = self.pace.next(Instant::now())?;
        let (code, signal) = match self.child(id)?.try_wait() {
            Ok(Some(End::Exited(ExitStatus::Code(code)))) => (code, 0),
            Ok(Some(End::Exited(ExitStatus::Signal(signal)))) => (0, signal),
            Ok(Some(End::NotStarted(error))) => (negated(error.errno), 0),
            // Its pidfd said that it has ended, so somebody else reaped it: the end is certain, its status is lost.
            Ok(None) => (negated(Errno::CHILD), 0),
            Err(errno) => (negated(errno), 0),
        };
        self.remove(id);
        self.in_exit = true;
        Some((id, Event::Exit { code, signal }))
    }

    pub fn has_exits(&self) -> bool {
        self.pace.is_waiting()
    }

    pub fn exit_handled(&mut self) {
        self.in_exit = false;
    }

    /// Comes back for what has to wait.
    pub fn end_turn(&mut self) {
        self.settle_launches();
        if let Some(delay) = self.pace.wait(Instant::now()) {
            self.watch.wake_after(delay);
        }
    }

    fn channel_ready(&mut self, id: u32, ready: Ready) -> Vec<Event> {
        if self.buffer.is_empty() {
            self.buffer.resize(READ, 0);
        }
        let mut buffer = mem::take(&mut self.buffer);
        let mut events = Vec::new();
        if let Some(channel) = self.channel(id) {
            let before = channel.interest();
            if ready.writable {
                channel.writable(&mut events);
            }
            if ready.readable {
                channel.readable(&mut buffer, &mut events);
            }
            let framing = channel.framing();
            if channel.interest() != before {
                // Only giving up interest happens here, which cannot fail.
                let _less = self.rewatch_channel(id);
            }
            self.buffer = buffer;
            return events.into_iter().map(|event| Event::of_channel(event, framing)).collect();
        }
        Vec::new()
    }

    fn unwatch(&self, watched: &Watched) {
        if watched.polled {
            // Registered since it was added, so there is nothing that could fail.
            let _unwatched = match &watched.entry {
                Entry::Child(child) => self.poller.remove(child),
                Entry::Channel(channel) => self.poller.remove(&channel.socket),
            };
        }
    }
}
