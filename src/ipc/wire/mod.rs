//! Our own protocol, see docs/protocol.md: frames of JSON, with bytes and descriptors beside it.

mod batch;
mod body;
pub(in crate::ipc) mod depth;
pub(in crate::ipc) mod fault;
mod handles;
pub(in crate::ipc) mod header;
mod hello;
mod kinds;
pub(in crate::ipc) mod limits;
mod native;
mod peer;
mod ring;
mod room;
mod slabs;
mod splitter;

pub use batch::{Batch, Meta};
pub use body::WithSegments;
pub use depth::behind_string;
pub use fault::{Code, Fault};
pub use handles::Claimed;
pub use header::{Header, Segment};
pub use hello::Hello;
pub use limits::{MAX_BATCH, MAX_FRAME, MAX_SEGMENTS};
pub use peer::{Event, Wire};
pub use ring::RingStep;
pub use splitter::{Arrival, NativeFrame, Splitter};

#[cfg(test)]
mod tests;
