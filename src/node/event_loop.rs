//! Everything of one environment that waits for something: its children, its channels, and what threads do for it.

mod pools;
mod posted;
mod rings;
mod slack;
mod talk;

pub use posted::status_of;

use super::arguments::negated;
use super::dispatch::Event;
use super::handle::Handle;
use super::mailbox::Mailbox;
use super::pieces::Pieces;
use super::wake::Watch;
use crate::ipc::shared_memory::Waiting;
use crate::ipc::wire::Wire;
use crate::ipc::Channel;
use crate::pool::bytes::Offered;
use crate::pool::Pool;
use crate::process::collect::Stream;
use crate::process::{Child, End, ExitStatus, Pace, Poller, Pump, Tree, WakeUp};
use rustix::io::Errno;
use std::collections::HashMap;
use std::mem;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// So many young children keep a CPU busy while their parent starts the next ones.
const YOUNG_PER_CPU: usize = 2;

/// Of the mailbox; ids stay below it.
const MAIL: u64 = u64::MAX;

/// Read at once from a channel; the kernel holds less than that by default.
const READ: usize = 256 * 1024;

enum Entry {
    /// `watched` until its end was seen.
    Child { child: Child, watched: bool },
    /// The handles first: they go before the socket and the bell that they watch.
    Channel { handle: Handle, bell: Option<Handle>, channel: Box<Channel> },
    /// Likewise.
    Wire { handle: Handle, bell: Option<Handle>, wire: Box<Wire> },
    /// Where connections come in; likewise. Held for as long as it is watched.
    #[allow(dead_code)]
    Door { handle: Handle, socket: OwnedFd },
    /// Likewise: what workers say, and what the pool's thread has to tell.
    Pool {
        #[allow(dead_code)] // held for as long as it is watched
        handles: [Handle; 2],
        pool: Arc<Pool>,
    },
    /// What a thread of the addon's works on: its last note forgets it. It is told when nobody waits for it any more.
    Ticket { cancel: Option<Arc<WakeUp>> },
    /// Held for as long as it is to go on.
    Pump(#[allow(dead_code)] Pump),
    /// A thread waits for a cell of shared memory. Dropped, it is cancelled.
    Wait(Waiting),
    /// Kept until what it collected is taken. `over`: JavaScript knows.
    Stream { stream: Arc<Stream>, over: bool },
}

struct Watched {
    entry: Entry,
    /// Keeps the loop alive.
    referenced: bool,
}

/// Children and channels by the ids that JavaScript knows them by.
pub struct EventLoop {
    /// Before the poller, which it watches. None at the end of the environment.
    watch: Option<Watch>,
    poller: Poller,
    /// Made with the first ticket.
    mailbox: Option<Arc<Mailbox>>,
    entries: HashMap<u32, Watched>,
    last_id: u32,
    references: usize,
    /// Descriptors that JavaScript has, and would not get to close where this environment ends in the middle of something.
    held: HashMap<RawFd, OwnedFd>,
    /// Children whose start still borrows memory.
    launching: Vec<u32>,
    buffer: Vec<u8>,
    /// What of shared memory JavaScript has.
    pub(super) pieces: Pieces,
    /// What came with the frames of a pool's workers that are being handed over, and which pool that is.
    offered: (u32, Offered),
    /// JavaScript is called from here, and more is done when it returns.
    in_turn: bool,
    pace: Pace,
    /// JavaScript is handling an exit.
    in_exit: bool,
    /// Memory that is not used is looked at a while later.
    looks_after: bool,
}

impl EventLoop {
    pub fn new(poller: Poller) -> Self {
        let cpus = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        EventLoop {
            watch: None,
            poller,
            mailbox: None,
            entries: HashMap::new(),
            last_id: 0,
            references: 0,
            held: HashMap::new(),
            launching: Vec::new(),
            buffer: Vec::new(),
            pieces: Pieces::default(),
            offered: (0, Offered::default()),
            in_turn: false,
            pace: Pace::new(YOUNG_PER_CPU * cpus),
            in_exit: false,
            looks_after: false,
        }
    }

    pub fn open(&mut self, watch: Watch) {
        self.watch = Some(watch);
    }

    /// Keeps a child under a new id and watches for its end. One that cannot be watched is ended.
    pub fn insert_child(&mut self, mut child: Child) -> Result<u32, Errno> {
        let id = self.next_id();
        self.poller.add(&child, id.into()).inspect_err(|_| {
            // Nobody would see its end; dropped, it is reaped like every child without an owner.
            let _gone = child.signal(libc::SIGKILL);
        })?;
        self.keep(id, Entry::Child { child, watched: true });
        self.settle_launches();
        self.launching.push(id);
        if self.in_exit {
            self.pace.started(id, Instant::now());
        }
        Ok(id)
    }

    /// Within an int32, since that is how ids reach JavaScript.
    fn next_id(&mut self) -> u32 {
        loop {
            self.last_id = if self.last_id >= i32::MAX as u32 { 1 } else { self.last_id + 1 };
            if !self.entries.contains_key(&self.last_id) {
                return self.last_id;
            }
        }
    }

    fn keep(&mut self, id: u32, entry: Entry) {
        self.entries.insert(id, Watched { entry, referenced: true });
        self.add_reference();
    }

    pub fn child(&mut self, id: u32) -> Option<&mut Child> {
        match &mut self.entries.get_mut(&id)?.entry {
            Entry::Child { child, .. } => Some(child),
            _ => None,
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

    /// Blocks until this tree may get that signal, see [`Child::signal`]: only its own child can still be on its way to exec in here.
    pub fn wait_before(&self, tree: Tree, signal: i32) {
        for watched in self.entries.values() {
            if let Entry::Child { child, .. } = &watched.entry {
                if child.tree() == Some(tree) {
                    child.wait_before(signal);
                }
            }
        }
    }

    /// Tells children that depend on somebody to end, and says whose trees are to follow. By their own handles: one that has only just
    /// been started carries no mark yet, and would not be found.
    pub fn end_dependents(&mut self) -> Vec<(Tree, i32)> {
        let dependents = self.entries.values_mut().filter_map(|watched| match &mut watched.entry {
            Entry::Child { child, .. } => child.tree().filter(|tree| !tree.is_independent()).map(|tree| (tree, child)),
            _ => None,
        });
        let told = dependents.map(|(tree, child)| {
            for signal in [libc::SIGTERM, libc::SIGCONT] {
                // What has ended already needs none.
                let _gone = child.signal(signal);
            }
            (tree, child.pid())
        });
        told.collect()
    }

    /// As [`EventLoop::remove`] for all of them.
    pub fn clear(&mut self) {
        for (_, mut watched) in mem::take(&mut self.entries) {
            if let Entry::Wire { wire, .. } = &mut watched.entry {
                wire.farewell();
            }
            self.unwatch(&watched);
        }
        if let Some(mailbox) = self.mailbox.take() {
            // Watched since it was made.
            let _unwatched = self.poller.remove(&*mailbox);
        }
        self.held.clear();
        self.references = 0;
        self.watch = None;
    }

    /// Closes it at the end of the environment, unless it is released.
    pub fn hold(&mut self, fd: OwnedFd) {
        self.held.insert(fd.as_raw_fd(), fd);
    }

    pub fn release(&mut self, fd: RawFd) -> Option<OwnedFd> {
        self.held.remove(&fd)
    }

    /// Whether this entry keeps the loop alive.
    pub fn set_referenced(&mut self, id: u32, referenced: bool) {
        let Some(watched) = self.entries.get_mut(&id) else { return };
        // What is over has nothing to keep the loop alive for.
        let referenced = referenced && !matches!(watched.entry, Entry::Stream { over: true, .. });
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
        if let (1, Some(watch)) = (self.references, &self.watch) {
            watch.reference();
        }
    }

    fn drop_reference(&mut self) {
        self.references -= 1;
        if let (0, Some(watch)) = (self.references, &self.watch) {
            watch.unreference();
        }
    }

    /// Gives memory back that children have left.
    fn settle_launches(&mut self) {
        let entries = &mut self.entries;
        self.launching.retain(|id| match entries.get_mut(id).map(|watched| &mut watched.entry) {
            Some(Entry::Child { child, .. }) => !child.settle(),
            _ => false,
        });
    }

    /// Notes which children have ended, and says whether there is mail; see [`EventLoop::next_exit`].
    pub fn collect(&mut self) -> bool {
        let mut mail = false;
        for token in self.poller.ready() {
            mail |= token == MAIL;
            let id = token as u32;
            let Some(Watched { entry: Entry::Child { child, watched }, .. }) = self.entries.get_mut(&id) else { continue };
            // Noted once, so no longer watched. It was, so this cannot fail.
            let _unwatched = self.poller.remove(&*child);
            *watched = false;
            self.pace.ended(id, Instant::now());
        }
        mail
    }

    /// The exit that is to be handed to JavaScript now, if any. [`EventLoop::exit_handled`] must follow.
    pub fn next_exit(&mut self) -> Option<(u32, Event)> {
        let id = self.pace.next(Instant::now())?;
        let child = self.child(id)?;
        let (code, signal) = match child.try_wait() {
            Ok(Some(End::Exited(ExitStatus::Code(code)))) => (code, 0),
            Ok(Some(End::Exited(ExitStatus::Signal(signal)))) => (0, signal),
            Ok(Some(End::NotStarted(error))) => (negated(error.errno), 0),
            // Its pidfd said that it has ended, so somebody else reaped it: the end is certain, its status is lost.
            Ok(None) => (negated(Errno::CHILD), 0),
            Err(errno) => (negated(errno), 0),
        };
        let usage = child.usage();
        self.remove(id);
        self.in_exit = true;
        Some((id, Event::Exit { code, signal, usage }))
    }

    pub fn has_exits(&self) -> bool {
        self.pace.is_waiting()
    }

    pub fn exit_handled(&mut self) {
        self.in_exit = false;
    }

    pub fn begin_turn(&mut self) {
        self.in_turn = true;
    }

    /// For what is done once for all of a turn.
    pub fn come_back_soon(&self) {
        if let (false, Some(watch)) = (self.in_turn, &self.watch) {
            watch.wake_after(Duration::ZERO);
        }
    }

    /// Whatever JavaScript has done, what follows from it is done now.
    pub fn settle_turn(&mut self) {
        self.in_turn = false;
        self.tell_returns();
    }

    /// Comes back for what has to wait.
    pub fn end_turn(&mut self) {
        self.settle_launches();
        if let Some(delay) = self.pace.wait(Instant::now()) {
            if let Some(watch) = &self.watch {
                watch.wake_after(delay);
            }
        }
    }

    fn unwatch(&self, watched: &Watched) {
        match &watched.entry {
            Entry::Child { child, watched: true } => {
                // Registered since it was added, so there is nothing that could fail.
                let _unwatched = self.poller.remove(child);
            }
            Entry::Stream { stream, .. } => stream.close(),
            Entry::Ticket { cancel: Some(cancel) } => cancel.wake(),
            Entry::Pool { pool, .. } => pool.end(),
            Entry::Child { watched: false, .. }
            | Entry::Channel { .. }
            | Entry::Wire { .. }
            | Entry::Door { .. }
            | Entry::Ticket { cancel: None }
            | Entry::Pump(_)
            | Entry::Wait(_) => {}
        }
    }
}
