//! What a peer says of itself first.

use super::fault::{excerpt, Fault};
use super::limits::{MAX_FRAME, MAX_SLAB};
use serde_json::Value;

const PROTOCOL: &str = "procs";
const VERSION: u64 = 1;

/// What this side has to know of it; the rest is JavaScript's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hello {
    /// Bytes of the longest frame that the peer takes.
    pub max_frame: usize,
    /// Bytes of our slabs that it maps, all in all.
    pub max_slab: usize,
    pub ring: bool,
    pub slab: bool,
    pub handles: bool,
    /// It is a worker of a pool, of our making.
    pub pool: bool,
}

impl Hello {
    pub fn parse(json: &[u8]) -> Result<Self, Fault> {
        let garbage = || Fault::garbage(format!("the hello is no JSON object: {}", excerpt(json)));
        let value: Value = serde_json::from_slice(json).map_err(|_| garbage())?;
        let members = value.as_object().ok_or_else(garbage)?;
        let protocol = members.get("protocol").and_then(Value::as_str);
        if protocol != Some(PROTOCOL) {
            return Err(Fault::version(format!("the peer does not speak \"{PROTOCOL}\": {}", excerpt(json))));
        }
        let version = members.get("version").and_then(Value::as_u64);
        if version != Some(VERSION) {
            let theirs = members.get("version").map_or_else(|| "none".to_owned(), Value::to_string);
            return Err(Fault::version(format!("the peer speaks version {theirs} of the protocol, this end version {VERSION}")));
        }
        let capabilities = members.get("capabilities").and_then(Value::as_array);
        let can = |name| capabilities.is_some_and(|list| list.iter().any(|capability| capability.as_str() == Some(name)));
        let bytes = |name, default| members.get(name).and_then(Value::as_u64).map_or(default, |bytes| bytes as usize);
        let (max_frame, max_slab) = (bytes("maxFrame", MAX_FRAME), bytes("maxSlab", MAX_SLAB));
        Ok(Hello { max_frame, max_slab, ring: can("ring"), slab: can("slab"), handles: can("handles"), pool: can("pool") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ipc::wire::fault::Code;

    #[test]
    fn what_is_not_known_is_passed_over() {
        let hello = Hello::parse(br#"{"protocol":"procs","version":1,"pid":7,"new":[{}],"capabilities":["slab","later"],"maxFrame":1000}"#);
        assert_eq!(hello, Ok(Hello { max_frame: 1000, max_slab: MAX_SLAB, ring: false, slab: true, handles: false, pool: false }));
    }

    #[test]
    fn whoever_speaks_something_else_is_told() {
        let code = |json: &str| Hello::parse(json.as_bytes()).unwrap_err().code;
        assert_eq!(code(r#"{"protocol":"procs","version":2}"#), Code::Version);
        assert_eq!(code(r#"{"protocol":"procs","version":"1"}"#), Code::Version);
        assert_eq!(code(r#"{"protocol":"procs"}"#), Code::Version);
        assert_eq!(code(r#"{"protocol":"http","version":1}"#), Code::Version);
        assert_eq!(code("{}"), Code::Version);
        assert_eq!(code("[1]"), Code::Garbage);
        assert_eq!(code("{\"protocol\""), Code::Garbage);
        assert_eq!(code(""), Code::Garbage);
        assert_eq!(code(&"[".repeat(10_000)), Code::Garbage);
    }
}
