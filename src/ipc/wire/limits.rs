//! What no peer may go beyond, see "Limits" in docs/protocol.md.

/// Bytes of a frame, line and segments, where nobody says otherwise.
pub const MAX_FRAME: usize = 256 << 20;
/// Bytes of a peer's slabs, all in all, where nobody says otherwise.
pub const MAX_SLAB: usize = 256 << 20;
/// V8's longest string: a line past it can never be handed over.
pub const LONGEST_LINE: usize = (1 << 29) - 24;
/// Levels of JSON.
pub const MAX_DEPTH: usize = 1000;
pub const MAX_SEGMENTS: usize = 4096;
/// The kernel's own bound for one message.
pub const MAX_HANDLES: u32 = 253;
pub const MAX_TOPIC: usize = 1024;
/// A hello is short, and comes from somebody of whom nothing is known yet.
pub const MAX_HELLO: usize = 64 << 10;
/// Descriptors that came and that no frame has announced yet.
pub const MAX_UNCLAIMED: usize = 1024;
/// Frames that are handed over at once: so many places does `meta` have.
pub const MAX_BATCH: usize = 4096;
