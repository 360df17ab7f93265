//! Why we hang up on a peer.

use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// The first frame was no hello of a version that we speak.
    Version,
    TooLarge,
    /// No frame at all, or JSON that is none.
    Garbage,
    /// A frame that may not come, or not now.
    Protocol,
    /// The peer has gone in the middle of a frame.
    Closed,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub code: Code,
    pub message: String,
}

impl Code {
    pub fn name(self) -> &'static str {
        match self {
            Code::Version => "ERR_PROCS_IPC_VERSION",
            Code::TooLarge => "ERR_PROCS_IPC_TOO_LARGE",
            Code::Garbage => "ERR_PROCS_IPC_GARBAGE",
            Code::Protocol => "ERR_PROCS_IPC_PROTOCOL",
            Code::Closed => "ERR_PROCS_IPC_CLOSED",
        }
    }
}

impl Fault {
    pub fn garbage(message: impl Into<String>) -> Self {
        Fault { code: Code::Garbage, message: message.into() }
    }

    pub fn protocol(message: impl Into<String>) -> Self {
        Fault { code: Code::Protocol, message: message.into() }
    }

    pub fn too_large(message: impl Into<String>) -> Self {
        Fault { code: Code::TooLarge, message: message.into() }
    }

    pub fn version(message: impl Into<String>) -> Self {
        Fault { code: Code::Version, message: message.into() }
    }

    pub fn closed(message: impl Into<String>) -> Self {
        Fault { code: Code::Closed, message: message.into() }
    }

    /// The last frame to this peer, which says why there is no other.
    pub fn goodbye(&self) -> Vec<u8> {
        format!("X:{}\n", serde_json::json!({ "code": self.code.name(), "message": self.message })).into_bytes()
    }
}

/// The code first, up to the first space.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code.name(), self.message)
    }
}

/// The beginning of what came, for people.
pub fn excerpt(line: &[u8]) -> String {
    const SHOWN: usize = 40;
    let shown = line[..line.len().min(SHOWN)].escape_ascii();
    format!("\"{shown}{}\"", if line.len() > SHOWN { "…" } else { "" })
}
