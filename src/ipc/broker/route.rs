//! What clients say about topics, and of themselves.

use super::chunk::Chunk;
use super::client::{Introduction, Stage};
use super::counters::{add, subtract};
use super::outbox::Put;
use super::replies::{self, Refusal};
use super::server::Server;
use super::topic;
use crate::ipc::wire::Fault;
use serde_json::Value;
use std::ops::Range;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::Arc;

impl Server {
    /// All that came with one read.
    pub(super) fn route(&mut self, place: u32, chunk: &Arc<Chunk>) {
        let mut at = 0;
        while at < chunk.frames.len() {
            let Some(client) = self.clients.get(place) else { return };
            let frame = &chunk.frames[at];
            match (client.stage, frame.kind) {
                (Stage::Doomed | Stage::Leaving, _) => return,
                (Stage::Greeting, b'H') => self.greet(place, chunk.json(frame)),
                (Stage::Greeting, _) => return self.doom(place, Some(Fault::version("the first frame is no hello").into())),
                (Stage::Member, b'P') => {
                    at = self.publish(place, chunk, at);
                    continue;
                }
                (Stage::Member, b'B') => self.subscribe(place, chunk, at),
                (Stage::Member, b'U') => self.unsubscribe(place, frame.id),
                (Stage::Member, b'G' | b'Q' | b'R' | b'E' | b'C') => self.direct(place, chunk, at),
                (Stage::Member, b'X') => return self.doom(place, None),
                (Stage::Member, kind) => {
                    let kind = char::from(kind);
                    return self.doom(place, Some(Fault::protocol(format!("a client does not send '{kind}' to a broker")).into()));
                }
            }
            at += 1;
        }
    }

    fn greet(&mut self, place: u32, hello: &[u8]) {
        let bounds = self.settings.bounds;
        let Some(client) = self.clients.get(place) else { return };
        let Introduction { name, max_frame, bounds } = match Introduction::parse(hello, bounds, client.trusted) {
            Ok(introduction) => introduction,
            Err(fault) => return self.doom(place, Some(fault.into())),
        };
        let name = name.unwrap_or_else(|| {
            self.unnamed += 1;
            format!("${}", self.unnamed)
        });
        if self.names.contains_key(&name) {
            return self.doom(place, Some(Refusal::name_taken(&name)));
        }
        client.max_frame = max_frame;
        client.outbox.set_bounds(bounds);
        client.stage = Stage::Member;
        client.name = name.clone();
        self.reply(place, replies::welcome(&name));
        self.names.insert(name, place);
        add(&self.counters.clients, 1);
    }

    /// Returns the number of the first frame that is left: neighbours to one topic go out as one piece.
    fn publish(&mut self, place: u32, chunk: &Arc<Chunk>, first: usize) -> usize {
        let frame = &chunk.frames[first];
        let topic = chunk.topic(frame);
        let Some(receivers) = self.subscriptions.receivers(topic) else {
            self.doom(place, Some(Fault::garbage(format!("no topic: '{}'", topic.escape_ascii())).into()));
            return first + 1;
        };
        let mut end = first + 1;
        if frame.keep && chunk.json(frame).is_empty() {
            // No message: who listens has nothing to be told.
            self.forget_last(place, chunk, first);
            return end;
        }
        if frame.id == 0 && !frame.keep {
            while chunk.frames.get(end).is_some_and(|next| {
                next.kind == b'P' && next.id == 0 && !next.keep && chunk.topic(next) == topic && chunk.are_neighbours(end - 1, end)
            }) {
                end += 1;
            }
        }
        add(&self.counters.published, end - first);
        let mut reached = 0;
        for receiver in receivers.iter() {
            reached += usize::from(self.deliver(*receiver, chunk, first..end));
        }
        let kept = !frame.keep || self.keep(topic, chunk, first);
        if frame.id > 0 || !kept {
            let limit = || Refusal::limit(format!("the value of '{}' is not kept: too many are", String::from_utf8_lossy(topic)));
            self.reply(place, if kept { replies::published(frame.id, reached) } else { replies::refused(frame.id, &limit()) });
        }
        end
    }

    fn forget_last(&mut self, place: u32, chunk: &Chunk, at: usize) {
        let frame = &chunk.frames[at];
        self.retained.forget(chunk.topic(frame));
        self.counters.retained.store(self.retained.len() as u64, Relaxed);
        if frame.id > 0 {
            self.reply(place, replies::published(frame.id, 0));
        }
    }

    fn keep(&mut self, topic: &[u8], chunk: &Chunk, at: usize) -> bool {
        let kept = self.retained.keep(topic, Chunk::copy_of(std::iter::once((chunk, at..at + 1))));
        self.counters.retained.store(self.retained.len() as u64, Relaxed);
        kept
    }

    /// Whether all of it was queued.
    fn deliver(&mut self, place: u32, chunk: &Arc<Chunk>, frames: Range<usize>) -> bool {
        let bytes = chunk.span(frames.clone()).len();
        let Some(client) = self.clients.get(place).filter(|client| client.stage == Stage::Member) else { return false };
        if chunk.longest() <= client.max_frame && client.outbox.has_room(frames.len(), bytes) {
            client.outbox.put_frames(&self.counters, chunk, frames);
            self.soil(place);
            return true;
        }
        let mut all = true;
        for at in frames {
            self.make_room(place, chunk.frames[at].len());
            let Some(client) = self.clients.get(place).filter(|client| client.stage == Stage::Member) else { return false };
            let put = if chunk.frames[at].len() > client.max_frame {
                client.outbox.note_dropped(&self.counters, 1);
                Put::Dropped
            } else {
                client.outbox.offer_frame(&self.counters, chunk, at)
            };
            all &= self.was_put(place, put);
        }
        all
    }

    /// What the kernel takes right now need not wait, and so is not too much.
    pub(super) fn make_room(&mut self, place: u32, bytes: usize) {
        let full = self.clients.get(place).is_some_and(|client| !client.outbox.has_room(1, bytes) && !client.outbox.is_blocked());
        if full && self.flush(place) {
            self.soil(place);
        }
    }

    pub(super) fn was_put(&mut self, place: u32, put: Put) -> bool {
        self.soil(place);
        if put == Put::TooSlow {
            self.doom(place, Some(Refusal::too_slow()));
        }
        put == Put::Queued
    }

    fn subscribe(&mut self, place: u32, chunk: &Arc<Chunk>, at: usize) {
        let frame = &chunk.frames[at];
        let pattern = chunk.topic(frame);
        if frame.id == 0 || !topic::is_pattern(pattern) {
            return self
                .doom(place, Some(Fault::garbage(format!("no subscription: id {}, '{}'", frame.id, pattern.escape_ascii())).into()));
        }
        let most = self.settings.max_subscriptions;
        let Some(client) = self.clients.get(place) else { return };
        if client.subscriptions.contains_key(&frame.id) {
            return self.doom(place, Some(Fault::protocol(format!("there is a subscription {} already", frame.id)).into()));
        }
        if client.subscriptions.len() >= most {
            return self.reply(place, replies::refused(frame.id, &Refusal::limit(format!("a client has at most {most} subscriptions"))));
        }
        client.subscriptions.insert(frame.id, pattern.into());
        self.subscriptions.add(pattern, place);
        add(&self.counters.subscriptions, 1);
        self.reply(place, replies::done(frame.id));
        if wants_last(chunk.json(frame)) {
            self.send_last(place, frame.id, pattern);
        }
    }

    /// For this subscription alone: others of the client may have had them.
    fn send_last(&mut self, place: u32, id: u32, pattern: &[u8]) {
        let beginning: Arc<[u8]> = format!("V{id}").into_bytes().into();
        let values: Vec<Arc<Chunk>> = self.retained.matching(pattern).cloned().collect();
        for value in values {
            // Behind its 'V'.
            self.offer_readdressed(place, &beginning, &value, 1);
        }
    }

    pub(super) fn offer_readdressed(&mut self, place: u32, beginning: &Arc<[u8]>, chunk: &Arc<Chunk>, from: usize) -> bool {
        let length = beginning.len() + chunk.bytes.len() - from;
        self.make_room(place, length);
        let Some(client) = self.clients.get(place).filter(|client| client.stage == Stage::Member) else { return false };
        let put = if length > client.max_frame {
            client.outbox.note_dropped(&self.counters, 1);
            Put::Dropped
        } else {
            client.outbox.offer_readdressed(&self.counters, beginning, chunk, from)
        };
        self.was_put(place, put)
    }

    fn unsubscribe(&mut self, place: u32, id: u32) {
        let Some(pattern) = self.clients.get(place).and_then(|client| client.subscriptions.remove(&id)) else {
            return self.doom(place, Some(Fault::protocol(format!("there is no subscription {id}")).into()));
        };
        self.subscriptions.remove(&pattern, place);
        subtract(&self.counters.subscriptions, 1);
        self.reply(place, replies::done(id));
    }
}

fn wants_last(options: &[u8]) -> bool {
    // That it is JSON was seen when it came.
    let options: Value = serde_json::from_slice(options).unwrap_or_default();
    options.get("last").and_then(Value::as_bool).unwrap_or(false)
}
