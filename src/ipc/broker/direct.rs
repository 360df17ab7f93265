//! From one client to another by its name, or to all: the sender's name takes the place of the receiver's.

use super::chunk::Chunk;
use super::client::Stage;
use super::counters::add;
use super::replies::{self, Refusal};
use super::requests::{Left, NotOpened};
use super::server::Server;
use crate::ipc::wire::Fault;
use std::sync::Arc;

impl Server {
    pub(super) fn direct(&mut self, place: u32, chunk: &Arc<Chunk>, at: usize) {
        let frame = &chunk.frames[at];
        let name = chunk.topic(frame);
        let is_request = matches!(frame.kind, b'Q' | b'R' | b'E' | b'C');
        if is_request && (frame.id == 0 || name.is_empty()) {
            let kind = char::from(frame.kind);
            return self.doom(place, Some(Fault::protocol(format!("'{kind}' needs an id and a name")).into()));
        }
        if name.is_empty() {
            return self.broadcast(place, chunk, at);
        }
        let target = std::str::from_utf8(name).ok().and_then(|name| self.names.get(name)).copied();
        let target = target.filter(|target| self.clients.get(*target).is_some_and(|client| client.stage == Stage::Member));
        match (frame.kind, target) {
            (b'G', None) => self.answer(place, frame.id, Err(Refusal::unreachable(name))),
            (b'G', Some(target)) => {
                add(&self.counters.direct, 1);
                let queued = self.pass_on(place, chunk, at, target);
                self.answer(place, frame.id, if queued { Ok(1) } else { Err(Refusal::not_queued(name)) });
            }
            (b'Q', None) => self.fail(place, frame.id, name, &Refusal::unreachable(name)),
            (b'Q', Some(target)) => self.request(place, chunk, at, target),
            // Whoever asked has gone, or asked somebody else, or has been told that there is no answer: nobody waits for this.
            (_, None) => {}
            (b'C', Some(target)) => {
                if self.requests.answered(target, place, frame.id) {
                    self.pass_on(place, chunk, at, target);
                }
            }
            (_, Some(target)) => {
                if self.requests.answered(place, target, frame.id) {
                    add(&self.counters.direct, 1);
                    self.pass_on(place, chunk, at, target);
                }
            }
        }
    }

    fn request(&mut self, place: u32, chunk: &Arc<Chunk>, at: usize, target: u32) {
        let frame = &chunk.frames[at];
        let name = chunk.topic(frame);
        match self.requests.open(place, frame.id, target) {
            Ok(()) => {}
            Err(NotOpened::Twice) => {
                return self.doom(place, Some(Fault::protocol(format!("request {} is open already", frame.id)).into()));
            }
            Err(NotOpened::TooMany) => {
                return self.fail(place, frame.id, name, &Refusal::limit("too many requests without an answer"));
            }
        }
        add(&self.counters.direct, 1);
        if !self.pass_on(place, chunk, at, target) {
            self.requests.answered(target, place, frame.id);
            self.fail(place, frame.id, name, &Refusal::not_queued(name));
        }
    }

    fn broadcast(&mut self, place: u32, chunk: &Arc<Chunk>, at: usize) {
        add(&self.counters.direct, 1);
        let (beginning, body, from) = self.readdress(place, chunk, at);
        let mut reached = 0;
        for other in self.clients.all() {
            if other != place && self.clients.get(other).is_some_and(|client| client.stage == Stage::Member) {
                reached += usize::from(self.offer_readdressed(other, &beginning, &body, from));
            }
        }
        self.answer(place, chunk.frames[at].id, Ok(reached));
    }

    /// Whether it was queued.
    fn pass_on(&mut self, place: u32, chunk: &Arc<Chunk>, at: usize, target: u32) -> bool {
        let (beginning, body, from) = self.readdress(place, chunk, at);
        self.offer_readdressed(target, &beginning, &body, from)
    }

    /// A new beginning, and the rest: copied, unless it is all that there is.
    fn readdress(&mut self, place: u32, chunk: &Arc<Chunk>, at: usize) -> (Arc<[u8]>, Arc<Chunk>, usize) {
        let frame = &chunk.frames[at];
        let id = if frame.id > 0 && frame.kind != b'G' { frame.id.to_string() } else { String::new() };
        let sender = self.clients.get(place).map_or("", |client| &client.name);
        let beginning = format!("{}{id}{}={sender}", char::from(frame.kind), if frame.tagged { "~" } else { "" });
        let (body, from) = if chunk.frames.len() == 1 {
            (chunk.clone(), frame.tail as usize)
        } else {
            (Chunk::new(chunk.bytes[frame.tail as usize..frame.end as usize].to_vec(), Vec::new()), 0)
        };
        (beginning.into_bytes().into(), body, from)
    }

    fn answer(&mut self, place: u32, id: u32, result: Result<usize, Refusal>) {
        match result {
            _ if id == 0 => {}
            Ok(receivers) => self.reply(place, replies::published(id, receivers)),
            Err(refusal) => self.reply(place, replies::refused(id, &refusal)),
        }
    }

    fn fail(&mut self, requester: u32, id: u32, asked: &[u8], refusal: &Refusal) {
        self.reply(requester, replies::failed(id, &String::from_utf8_lossy(asked), refusal));
    }

    /// Who waits for an answer of this client gets one, and who works on one for it may stop.
    pub(super) fn forget_requests(&mut self, place: u32, name: &str) {
        let Left { unanswered, own } = self.requests.gone(place);
        for (requester, id) in unanswered {
            self.fail(requester, id, name.as_bytes(), &Refusal::has_gone(name.as_bytes()));
        }
        for (id, asked) in own {
            self.reply(asked, replies::cancelled(id, name));
        }
    }
}
