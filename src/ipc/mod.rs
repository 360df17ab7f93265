//! TALKING to it: Node's own channel, as a plain Node child speaks it, and our own protocol.

pub mod broker;
mod channel;
mod frames;
pub mod interest;
pub mod local;
pub mod shared_memory;
pub mod slab;
mod socket;
pub mod transport;
pub mod wire;

#[cfg(target_os = "linux")]
#[path = "linux/mod.rs"]
pub mod platform;
#[cfg(target_os = "macos")]
#[path = "macos/mod.rs"]
pub mod platform;

pub use channel::{Channel, Event};
pub use frames::{Batch, Framing, Splitter};
pub use socket::{Sent, Socket};
