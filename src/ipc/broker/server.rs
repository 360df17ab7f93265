//! The broker's thread: who is there, who has something to say, and who is written to.

use super::client::Stage;
use super::clients::Clients;
use super::counters::{add, subtract, Counters};
use super::door::drain;
use super::outbox::Flushed;
use super::replies::{self, Refusal};
use super::requests::Requests;
use super::retained::Retained;
use super::settings::Settings;
use super::subscriptions::Subscriptions;
use crate::ipc::interest::{Interest, Ready};
use crate::ipc::platform::Poll;
use crate::process::WakeUp;
use rustix::io::{fcntl_dupfd_cloexec, Errno, Result};
use rustix::net::{recv, RecvFlags};
use std::collections::{BTreeSet, HashMap};
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Tokens that are no client's.
pub(super) const LISTENER: u64 = u64::MAX;
const STOP: u64 = u64::MAX - 1;

/// Read at once from a client.
const READ: usize = 256 * 1024;

/// For a client that is hung up on to read why.
const LEAVE_WITHIN: Duration = Duration::from_secs(5);
/// For all to get what waits for them, when the broker is closed.
const CLOSE_WITHIN: Duration = Duration::from_secs(1);
/// Nobody says when there is memory again, or a descriptor.
pub(super) const RETRY: Duration = Duration::from_millis(20);

/// How it is told to end.
#[derive(Debug)]
pub struct Stop {
    pub wake: WakeUp,
    pub mode: AtomicU8,
}

/// As long as it takes to hand over what waits, within a bound.
pub const GENTLY: u8 = 1;
pub const AT_ONCE: u8 = 2;

pub struct Server {
    pub(super) poll: Poll,
    /// None once it closes.
    pub(super) listener: Option<OwnedFd>,
    /// Given up for a moment when there are no descriptors left, to tell who knocks.
    pub(super) spare: Option<OwnedFd>,
    stop: Arc<Stop>,
    pub(super) settings: Settings,
    pub(super) counters: Arc<Counters>,
    pub(super) uid: u32,
    pub(super) clients: Clients,
    pub(super) names: HashMap<String, u32>,
    pub(super) unnamed: u64,
    pub(super) subscriptions: Subscriptions,
    pub(super) retained: Retained,
    pub(super) requests: Requests,
    /// Those with something new in their outbox.
    dirty: Vec<u32>,
    /// Those that go, with the reason that they are told.
    doomed: Vec<(u32, Option<Refusal>)>,
    timers: BTreeSet<(Instant, u64)>,
    buffer: Vec<u8>,
}

impl Server {
    pub fn new(listener: OwnedFd, stop: Arc<Stop>, settings: Settings, counters: Arc<Counters>) -> Result<Self> {
        let poll = Poll::new()?;
        let input = Interest::INPUT;
        poll.add(&listener, LISTENER, input)?;
        poll.add(&stop.wake, STOP, input)?;
        let retained = Retained::new(settings.max_retained, settings.max_retained_bytes);
        Ok(Server {
            spare: Some(fcntl_dupfd_cloexec(&listener, 3)?),
            poll,
            listener: Some(listener),
            stop,
            settings,
            counters,
            uid: rustix::process::geteuid().as_raw(),
            clients: Clients::default(),
            names: HashMap::new(),
            unnamed: 0,
            subscriptions: Subscriptions::default(),
            retained,
            requests: Requests::default(),
            dirty: Vec::new(),
            doomed: Vec::new(),
            timers: BTreeSet::new(),
            buffer: vec![0; READ],
        })
    }

    /// Until it is told to end. `closing` is called when it stops to listen.
    pub fn run(&mut self, closing: impl FnOnce()) {
        let mut closing = Some(closing);
        while self.listener.is_some() || self.clients.len() > 0 {
            for ready in self.poll.wait(self.patience()) {
                match ready.token {
                    LISTENER => self.accept(),
                    STOP => {
                        if let Some(closing) = closing.take() {
                            self.stop_listening();
                            closing();
                        }
                        if self.stop.mode.load(Ordering::Acquire) == AT_ONCE {
                            self.leave();
                            return;
                        }
                        self.stop.wake.clear();
                        self.part();
                    }
                    _ => self.client_ready(ready),
                }
                // At once: the next one may want its name.
                self.dismiss_doomed();
            }
            self.expire();
            self.settle();
        }
    }

    /// How long to wait at most.
    fn patience(&self) -> Option<Duration> {
        if !self.dirty.is_empty() {
            return Some(Duration::ZERO);
        }
        let (due, _) = self.timers.first()?;
        Some(due.saturating_duration_since(Instant::now()))
    }

    pub(super) fn remind(&mut self, token: u64, after: Duration) {
        self.timers.insert((Instant::now() + after, token));
    }

    fn expire(&mut self) {
        let now = Instant::now();
        while let Some((due, token)) = self.timers.first().copied().filter(|(due, _)| *due <= now) {
            self.timers.remove(&(due, token));
            if token == LISTENER {
                self.listen_again();
                continue;
            }
            let Some(place) = self.clients.by_token(token) else { continue };
            let Some(client) = self.clients.get(place) else { continue };
            match client.stage {
                Stage::Greeting => self.doom(place, Some(Refusal { code: "ERR_PROCS_IPC_VERSION", message: "no hello came".into() })),
                Stage::Member if client.is_starved => {
                    client.is_starved = false;
                    client.outbox.unblock();
                    self.soil(place);
                }
                // It has long said its hello.
                Stage::Member | Stage::Doomed => {}
                Stage::Leaving => self.close(place),
            }
        }
    }

    fn client_ready(&mut self, ready: Ready) {
        let Some(place) = self.clients.by_token(ready.token) else { return };
        let Some(client) = self.clients.get(place) else { return };
        if ready.writable {
            client.outbox.unblock();
            self.soil(place);
        }
        if ready.readable {
            self.read(place);
        }
    }

    fn read(&mut self, place: u32) {
        let Some(client) = self.clients.get(place) else { return };
        match client.stage {
            Stage::Greeting | Stage::Member => {}
            Stage::Doomed => return,
            // What it still says is of no interest any more, unless it has hung up itself.
            Stage::Leaving => {
                let heard = recv(&client.socket, &mut self.buffer[..], RecvFlags::DONTWAIT).map(|(read, _)| read);
                return match heard {
                    Ok(0) => self.close(place),
                    Ok(_) | Err(Errno::AGAIN | Errno::INTR) => {}
                    Err(_) => self.close(place),
                };
            }
        }
        // Descriptors that come along are closed by the kernel, since nobody asks for them.
        let received = match client.intake.room(READ) {
            Some(room) => recv(&client.socket, rustix::buffer::spare_capacity(room), RecvFlags::DONTWAIT).map(|(read, _)| (read, 0)),
            None => recv(&client.socket, &mut self.buffer[..], RecvFlags::DONTWAIT).map(|(read, _)| (read, read)),
        };
        let (read, buffered) = match received {
            Ok(received) => received,
            Err(Errno::AGAIN | Errno::INTR) => return,
            Err(_) => return self.doom(place, None),
        };
        if read == 0 {
            return self.doom(place, None);
        }
        let (chunk, fault) = client.intake.push(&mut self.buffer[..buffered]);
        if let Some(chunk) = chunk {
            self.route(place, &chunk);
        }
        if let Some(fault) = fault {
            self.doom(place, Some(fault.into()));
        }
    }

    /// It has something new to get.
    pub(super) fn soil(&mut self, place: u32) {
        if let Some(client) = self.clients.get(place) {
            if !client.is_dirty {
                client.is_dirty = true;
                self.dirty.push(place);
            }
        }
    }

    pub(super) fn reply(&mut self, place: u32, words: Vec<u8>) {
        if let Some(client) = self.clients.get(place).filter(|client| client.stage == Stage::Member) {
            client.outbox.put_own(words);
            self.soil(place);
        }
    }

    /// It goes when what is being done is done. With a reason it is hung up on, and told.
    pub(super) fn doom(&mut self, place: u32, refusal: Option<Refusal>) {
        if let Some(client) = self.clients.get(place).filter(|client| matches!(client.stage, Stage::Greeting | Stage::Member)) {
            client.stage = Stage::Doomed;
            self.doomed.push((place, refusal));
        }
    }

    /// Those that are doomed go, which others may have to be told of, and all that is new is written.
    fn settle(&mut self) {
        let mut again = Vec::new();
        while !self.doomed.is_empty() || !self.dirty.is_empty() {
            self.dismiss_doomed();
            for place in std::mem::take(&mut self.dirty) {
                if self.flush(place) {
                    again.push(place);
                }
            }
        }
        // After the others have had their turn.
        for place in again {
            self.soil(place);
        }
    }

    /// Whether there is more to write that could be written.
    pub(super) fn flush(&mut self, place: u32) -> bool {
        let Some(client) = self.clients.get(place) else { return false };
        client.is_dirty = false;
        if client.stage == Stage::Doomed {
            return false;
        }
        let flushed = if client.outbox.is_blocked() { Ok(Flushed::Blocked) } else { client.outbox.flush(&self.counters, &client.socket) };
        match flushed {
            Ok(Flushed::All) => {}
            Ok(Flushed::More) => return true,
            Ok(Flushed::Blocked) => client.outbox.let_go(),
            Ok(Flushed::Starved) => {
                client.outbox.let_go();
                client.is_starved = true;
                let token = client.token;
                self.remind(token, RETRY);
            }
            Err(_) if client.stage == Stage::Leaving => self.close(place),
            Err(_) => self.doom(place, None),
        }
        self.rewatch(place);
        false
    }

    fn rewatch(&mut self, place: u32) {
        let Some(client) = self.clients.get(place) else { return };
        if client.stage == Stage::Leaving && client.outbox.is_empty() {
            return self.close(place);
        }
        let wanted = client.wanted();
        if wanted != client.watched {
            client.watched = wanted;
            // Watched since it came, so there is nothing that could fail.
            let _changed = self.poll.change(&client.socket, client.token, wanted);
        }
    }

    fn dismiss_doomed(&mut self) {
        while let Some((place, refusal)) = self.doomed.pop() {
            self.dismiss(place, refusal);
        }
    }

    /// Nothing of it is left but its socket, if it is to be told why.
    fn dismiss(&mut self, place: u32, refusal: Option<Refusal>) {
        self.forget(place);
        let Some(client) = self.clients.get(place) else { return };
        let Some(refusal) = refusal else {
            // It may have said goodbye, and then waits for what was answered before.
            if !client.outbox.is_blocked() {
                let _as_it_may_be = client.outbox.flush(&self.counters, &client.socket);
            }
            return self.close(place);
        };
        add(&self.counters.cut_off, 1);
        client.outbox.end_with(&self.counters, replies::goodbye(&refusal));
        client.stage = Stage::Leaving;
        let token = client.token;
        self.remind(token, LEAVE_WITHIN);
        self.soil(place);
    }

    fn close(&mut self, place: u32) {
        let Some(mut client) = self.clients.remove(place) else { return };
        // Watched since it came.
        let _unwatched = self.poll.remove(&client.socket);
        client.outbox.abandon(&self.counters);
        drain(&client.socket);
        // At once, also where a child between clone and exec holds a copy of it.
        let _gone = rustix::net::shutdown(&client.socket, rustix::net::Shutdown::Both);
    }

    // The end.

    fn stop_listening(&mut self) {
        if let Some(listener) = self.listener.take() {
            let _unwatched = self.poll.remove(&listener);
        }
        self.spare = None;
    }

    /// Everybody gets what waits for him, and a goodbye, if he takes it in time.
    fn part(&mut self) {
        for place in self.clients.all() {
            let Some(client) = self.clients.get(place) else { continue };
            if client.stage == Stage::Leaving {
                continue;
            }
            client.outbox.put_own(replies::goodbye(&Refusal::closed()));
            client.stage = Stage::Leaving;
            let token = client.token;
            self.forget(place);
            self.remind(token, CLOSE_WITHIN);
            self.soil(place);
        }
    }

    fn leave(&mut self) {
        self.part();
        self.settle();
        for place in self.clients.all() {
            self.close(place);
        }
    }

    /// Its name is free, its subscriptions are gone, and who waits for it need not wait.
    fn forget(&mut self, place: u32) {
        let Some(client) = self.clients.get(place) else { return };
        if client.name.is_empty() {
            return;
        }
        let name = std::mem::take(&mut client.name);
        let patterns = std::mem::take(&mut client.subscriptions);
        subtract(&self.counters.clients, 1);
        subtract(&self.counters.subscriptions, patterns.len());
        for pattern in patterns.values() {
            self.subscriptions.remove(pattern, place);
        }
        self.names.remove(&name);
        self.forget_requests(place, &name);
    }
}
