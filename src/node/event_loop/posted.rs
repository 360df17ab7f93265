//! What threads of the addon's do for an environment, and how it hears of it: streams, pumps, trees.

use super::{Entry, EventLoop, Watched, MAIL};
use crate::ipc::shared_memory::{Outcome, Waiting};
use crate::node::arguments::negated;
use crate::node::dispatch::Event;
use crate::node::mailbox::Mailbox;
use crate::process::collect::{Ending, Stream};
use crate::process::{Pump, WakeUp};
use rustix::io::Errno;
use std::mem;
use std::sync::Arc;

/// As a stream tells of its ending, from another thread.
type Tell = Box<dyn Fn(Ending) + Send + Sync>;
/// As a pump tells that it is done.
type Done = Box<dyn FnOnce(Result<(), Errno>) + Send>;
/// As a wait tells how it ended.
type Told = Box<dyn FnOnce(Outcome) + Send>;

impl EventLoop {
    /// An id for what a thread will post about, and where it posts. It keeps the loop alive until it is closed.
    /// `cancel` is woken when it is closed before its time.
    pub fn open_ticket(&mut self, cancel: Option<Arc<WakeUp>>) -> Result<(u32, Arc<Mailbox>), Errno> {
        let mailbox = match &self.mailbox {
            Some(mailbox) => mailbox.clone(),
            None => {
                let mailbox = Mailbox::new()?;
                self.poller.add(&*mailbox, MAIL)?;
                self.mailbox.insert(mailbox).clone()
            }
        };
        let id = self.next_id();
        self.keep(id, Entry::Ticket { cancel });
        Ok((id, mailbox))
    }

    /// A stream under a new id. `collect` starts it, and is given what to tell its ending to.
    pub fn insert_stream(&mut self, collect: impl FnOnce(Tell) -> Result<Arc<Stream>, Errno>) -> Result<u32, Errno> {
        let (id, mailbox) = self.open_ticket(None)?;
        let tell = Box::new(move |ending| mailbox.post(id, Event::Collected { status: status_of(ending) }));
        self.fill_ticket(id, collect(tell).map(|stream| Entry::Stream { stream, over: false }))
    }

    /// A pump under a new id. `start` is given what to tell its end to.
    pub fn insert_pump(&mut self, start: impl FnOnce(Done) -> Result<Pump, Errno>) -> Result<u32, Errno> {
        let (id, mailbox) = self.open_ticket(None)?;
        let done = move |result: Result<(), Errno>| mailbox.post(id, Event::Collected { status: result.map_or_else(negated, |()| 0) });
        self.fill_ticket(id, start(Box::new(done)).map(Entry::Pump))
    }

    /// A wait under a new id. `begin` is given what to tell its end to.
    pub fn insert_wait(&mut self, begin: impl FnOnce(Told) -> Result<Waiting, Errno>) -> Result<u32, Errno> {
        let (id, mailbox) = self.open_ticket(None)?;
        let told = move |outcome| mailbox.post(id, Event::Collected { status: status_of_wait(outcome) });
        self.fill_ticket(id, begin(Box::new(told)).map(Entry::Wait))
    }

    /// Its end is told soon, whatever comes first.
    pub fn cancel_wait(&self, id: u32) {
        if let Some(Watched { entry: Entry::Wait(waiting), .. }) = self.entries.get(&id) {
            waiting.cancel();
        }
    }

    fn fill_ticket(&mut self, id: u32, entry: Result<Entry, Errno>) -> Result<u32, Errno> {
        match entry {
            Ok(entry) => {
                self.entries.entry(id).and_modify(|watched| watched.entry = entry);
                Ok(id)
            }
            Err(errno) => {
                self.remove(id);
                Err(errno)
            }
        }
    }

    pub fn stream(&self, id: u32) -> Option<Arc<Stream>> {
        match &self.entries.get(&id)?.entry {
            Entry::Stream { stream, .. } => Some(stream.clone()),
            _ => None,
        }
    }

    /// JavaScript learns that a stream is over: it no longer keeps the loop alive. Returns whether that is news.
    pub fn stream_over(&mut self, id: u32) -> bool {
        let Some(Watched { entry: Entry::Stream { over, .. }, .. }) = self.entries.get_mut(&id) else { return false };
        let news = !mem::replace(over, true);
        self.set_referenced(id, false);
        news
    }

    /// Nothing more is told of it.
    pub fn close_stream_or_ticket(&mut self, id: u32) {
        if let Some(Watched {
            entry: Entry::Stream { .. } | Entry::Ticket { .. } | Entry::Pump(_) | Entry::Wait(_) | Entry::Door { .. },
            ..
        }) = self.entries.get(&id)
        {
            self.remove(id);
        }
    }

    /// What threads have posted.
    pub fn mail(&self) -> Vec<(u32, Event)> {
        self.mailbox.as_ref().map_or_else(Vec::new, |mailbox| mailbox.take())
    }

    /// Whether a note is to be handed over: what it is about was not closed meanwhile, and it is news.
    pub fn open_note(&mut self, id: u32) -> bool {
        match self.entries.get(&id).map(|watched| &watched.entry) {
            Some(Entry::Stream { .. }) => self.stream_over(id),
            Some(Entry::Ticket { .. } | Entry::Pump(_) | Entry::Wait(_)) => {
                self.remove(id);
                true
            }
            Some(Entry::Child { .. } | Entry::Channel { .. } | Entry::Wire { .. } | Entry::Door { .. } | Entry::Pool { .. }) | None => {
                false
            }
        }
    }
}

/// As `finish` answers and `Collected` says.
pub fn status_of(ending: Ending) -> i32 {
    match ending {
        Ending::AtEnd => 0,
        Ending::OverLimit => 1,
        Ending::Failed(errno) => negated(errno),
    }
}

/// As `Collected` says.
fn status_of_wait(outcome: Outcome) -> i32 {
    match outcome {
        Outcome::Notified => 0,
        Outcome::NotEqual => negated(Errno::AGAIN),
        Outcome::TimedOut => negated(Errno::TIMEDOUT),
        Outcome::Cancelled => negated(Errno::CANCELED),
        Outcome::Failed(errno) => negated(errno),
    }
}
