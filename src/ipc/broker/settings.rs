//! What a broker was asked for.

/// What becomes of a message for a subscriber whose queue is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overflow {
    DropOldest,
    DropNewest,
    Disconnect,
}

impl Overflow {
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "drop-oldest" => Some(Overflow::DropOldest),
            "drop-newest" => Some(Overflow::DropNewest),
            "disconnect" => Some(Overflow::Disconnect),
            _ => None,
        }
    }
}

/// How much may wait for one subscriber, beside what the kernel has taken. A single message is taken whatever its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    pub messages: usize,
    pub bytes: usize,
    pub overflow: Overflow,
}

#[derive(Clone, Debug)]
pub struct Settings {
    /// For a subscriber that asks for nothing else.
    pub bounds: Bounds,
    pub max_clients: usize,
    /// Topics whose last value is kept, and bytes of these.
    pub max_retained: usize,
    pub max_retained_bytes: usize,
    pub max_subscriptions: usize,
    /// Bytes of a frame.
    pub max_frame: usize,
    /// Beside this process's own and root.
    pub allow_uids: Vec<u32>,
    /// JSON, for clients to read.
    pub software: String,
}
