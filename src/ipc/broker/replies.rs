//! What the broker itself says. Errors have the form of docs/protocol.md "Errors".

use super::settings::Settings;
use crate::ipc::wire::Fault;
use serde_json::{json, Value};

/// Why the broker hangs up, or does not do something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub code: &'static str,
    pub message: String,
}

impl Refusal {
    fn new(code: &'static str, message: impl Into<String>) -> Self {
        Refusal { code, message: message.into() }
    }

    pub fn name_taken(name: &str) -> Self {
        Refusal::new("ERR_PROCS_BROKER_NAME_TAKEN", format!("there is a client named '{name}' already"))
    }

    pub fn not_allowed(uid: u32) -> Self {
        Refusal::new("ERR_PROCS_BROKER_REFUSED", format!("this broker is not for user {uid}"))
    }

    pub fn full(what: &str) -> Self {
        Refusal::new("ERR_PROCS_BROKER_FULL", format!("the broker has no room for another client: {what}"))
    }

    pub fn too_slow() -> Self {
        Refusal::new("ERR_PROCS_BROKER_SLOW", "more was waiting for this client than may")
    }

    pub fn closed() -> Self {
        Refusal::new("ERR_PROCS_BROKER_CLOSED", "the broker was closed")
    }

    pub fn unreachable(name: &[u8]) -> Self {
        Refusal::new("ERR_PROCS_BROKER_UNREACHABLE", format!("there is no client named '{}'", String::from_utf8_lossy(name)))
    }

    pub fn has_gone(name: &[u8]) -> Self {
        let name = String::from_utf8_lossy(name);
        Refusal::new("ERR_PROCS_BROKER_UNREACHABLE", format!("'{name}' has gone without an answer"))
    }

    pub fn not_queued(name: &[u8]) -> Self {
        let name = String::from_utf8_lossy(name);
        Refusal::new("ERR_PROCS_BROKER_QUEUE_FULL", format!("'{name}' is too slow: its queue is full"))
    }

    pub fn limit(what: impl Into<String>) -> Self {
        Refusal::new("ERR_PROCS_BROKER_LIMIT", what)
    }

    fn to_json(&self) -> Value {
        json!({ "name": "Error", "code": self.code, "message": self.message })
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Refusal { code: fault.code.name(), message: fault.message }
    }
}

fn line(head: &str, json: &Value) -> Vec<u8> {
    format!("{head}:{json}\n").into_bytes()
}

pub fn hello(settings: &Settings) -> Vec<u8> {
    let hello = json!({
        "protocol": "procs",
        "version": 1,
        "pid": std::process::id(),
        "software": settings.software,
        "capabilities": ["broker"],
        "maxFrame": settings.max_frame,
    });
    line("H", &hello)
}

pub fn welcome(name: &str) -> Vec<u8> {
    line("K", &json!({ "name": name }))
}

pub fn done(id: u32) -> Vec<u8> {
    format!("K{id}:\n").into_bytes()
}

pub fn published(id: u32, receivers: usize) -> Vec<u8> {
    format!("K{id}:{{\"receivers\":{receivers}}}\n").into_bytes()
}

pub fn refused(id: u32, refusal: &Refusal) -> Vec<u8> {
    let id = if id > 0 { id.to_string() } else { String::new() };
    line(&format!("K{id}"), &refusal.to_json())
}

/// `now` since the last time this was said.
pub fn dropped(now: u64, total: u64) -> Vec<u8> {
    format!("K:{{\"dropped\":{now},\"total\":{total}}}\n").into_bytes()
}

/// The answer to a request, in place of who was asked.
pub fn failed(id: u32, asked: &str, refusal: &Refusal) -> Vec<u8> {
    line(&format!("E{id}={asked}"), &refusal.to_json())
}

/// Nobody waits for the answer any more.
pub fn cancelled(id: u32, requester: &str) -> Vec<u8> {
    format!("C{id}={requester}:\n").into_bytes()
}

pub fn goodbye(refusal: &Refusal) -> Vec<u8> {
    line("X", &refusal.to_json())
}
