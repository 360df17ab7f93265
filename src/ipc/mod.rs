//! TALKING to a child: Node's own channel, as a plain Node child speaks it.

mod channel;
mod frames;
pub mod local;
mod socket;

pub use channel::{Channel, Event};
pub use frames::{Batch, Framing, Splitter};
pub use socket::{Received, Sent, Socket};
