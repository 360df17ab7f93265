//! TALKING to it: Node's own channel, as a plain Node child speaks it, and our own protocol.

mod channel;
mod frames;
pub mod local;
mod socket;
pub mod wire;

pub use channel::{Channel, Event};
pub use frames::{Batch, Framing, Splitter};
pub use socket::{Received, Sent, Socket};
