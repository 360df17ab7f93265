//! One client: its socket, what it has said of itself, what waits for it.

use super::intake::Intake;
use super::outbox::Outbox;
use super::settings::{Bounds, Overflow, Settings};
use super::topic;
use crate::ipc::interest::Interest;
use crate::ipc::wire::{fault::excerpt, Fault, Hello};
use serde_json::Value;
use std::collections::HashMap;
use std::os::fd::OwnedFd;

/// The broker's own words that may wait for a client: who asks for more and does not read is not read either.
const UNREAD: usize = 256 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Its hello is awaited.
    Greeting,
    Member,
    /// It is about to go, for whatever reason: nothing is done for it any more.
    Doomed,
    /// It only gets what is written to it already.
    Leaving,
}

#[derive(Debug)]
pub struct Client {
    pub socket: OwnedFd,
    pub token: u64,
    pub stage: Stage,
    /// It is this user's, or root's.
    pub trusted: bool,
    pub intake: Intake,
    pub outbox: Outbox,
    pub name: String,
    /// Of the longest frame that it takes, in bytes.
    pub max_frame: usize,
    /// Patterns by the ids that it gave them.
    pub subscriptions: HashMap<u32, Box<[u8]>>,
    /// What its socket is watched for.
    pub watched: Interest,
    pub is_dirty: bool,
    /// The kernel is short of memory and does not say when it is not: a timer does.
    pub is_starved: bool,
}

impl Client {
    pub fn new(socket: OwnedFd, token: u64, trusted: bool, settings: &Settings) -> Self {
        Client {
            socket,
            token,
            stage: Stage::Greeting,
            trusted,
            intake: Intake::new(settings.max_frame),
            outbox: Outbox::new(settings.bounds),
            name: String::new(),
            max_frame: usize::MAX,
            subscriptions: HashMap::new(),
            watched: Interest::INPUT,
            is_dirty: false,
            is_starved: false,
        }
    }

    pub fn wanted(&self) -> Interest {
        Interest {
            read: matches!(self.stage, Stage::Greeting | Stage::Member) && self.outbox.own_bytes() < UNREAD,
            write: self.outbox.is_blocked() && !self.is_starved,
            ..Interest::NONE
        }
    }
}

/// What a client says of itself.
#[derive(Debug, PartialEq, Eq)]
pub struct Introduction {
    pub name: Option<String>,
    pub max_frame: usize,
    pub bounds: Bounds,
}

impl Introduction {
    /// `most`: the bounds of a client that says nothing, and for one that is not trusted the most that it can have.
    pub fn parse(json: &[u8], most: Bounds, trusted: bool) -> Result<Self, Fault> {
        let hello = Hello::parse(json)?;
        let bad = |member: &str| Fault::protocol(format!("the hello's \"{member}\" cannot be: {}", excerpt(json)));
        // Hello::parse has seen that it is an object.
        let value: Value = serde_json::from_slice(json).map_err(|error| Fault::garbage(error.to_string()))?;
        let member = |name: &str| value.get(name).filter(|value| !value.is_null());
        let number = |name: &str, most: usize| match member(name) {
            None => Ok(most),
            Some(value) => {
                let number = value.as_u64().filter(|number| *number > 0).ok_or_else(|| bad(name))? as usize;
                Ok(if trusted { number } else { number.min(most) })
            }
        };
        let name = match member("name") {
            None => None,
            Some(Value::String(name)) if topic::is_name(name.as_bytes()) => Some(name.clone()),
            Some(_) => return Err(bad("name")),
        };
        let overflow = match member("overflow") {
            None => most.overflow,
            Some(value) => value.as_str().and_then(Overflow::from_name).ok_or_else(|| bad("overflow"))?,
        };
        let bounds = Bounds { messages: number("maxQueued", most.messages)?, bytes: number("maxQueuedBytes", most.bytes)?, overflow };
        Ok(Introduction { name, max_frame: hello.max_frame, bounds })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: Bounds = Bounds { messages: 10, bytes: 1000, overflow: Overflow::DropOldest };

    fn parse(members: &str, trusted: bool) -> Result<Introduction, Fault> {
        Introduction::parse(format!(r#"{{"protocol":"procs","version":1{members}}}"#).as_bytes(), MOST, trusted)
    }

    #[test]
    fn who_says_nothing_gets_what_all_get() {
        assert_eq!(parse("", true).unwrap().bounds, MOST);
        assert_eq!(parse("", true).unwrap().name, None);
        let own = parse(r#","name":"w.1","maxQueued":100,"maxQueuedBytes":5,"overflow":"disconnect""#, true).unwrap();
        assert_eq!(own.bounds, Bounds { messages: 100, bytes: 5, overflow: Overflow::Disconnect });
        assert_eq!(own.name.as_deref(), Some("w.1"));
    }

    #[test]
    fn another_user_gets_no_more_than_all() {
        let bounds = parse(r#","maxQueued":100,"maxQueuedBytes":5"#, false).unwrap().bounds;
        assert_eq!((bounds.messages, bounds.bytes), (10, 5));
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for bad in [r#""name":"$1""#, r#""name":1"#, r#""name":"""#, r#""maxQueued":0"#, r#""maxQueued":1.5"#, r#""overflow":"x""#] {
            assert!(parse(&format!(",{bad}"), true).is_err(), "{bad}");
        }
    }
}
