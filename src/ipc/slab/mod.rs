//! Bytes that travel through shared memory: slabs of the sender's, which the receiver maps once and whose pieces it gives back.
//! See docs/protocol.md, "Shared memory".

mod copying;
mod inbound;
mod lender;
mod outbound;
mod owned;
mod pages;
mod resident;
#[cfg(all(test, target_os = "linux"))]
mod tests;

pub use inbound::{Inbound, Received};
pub use lender::Lender;
pub use outbound::{freed_pieces, new_key, Announcement, Outbound, WeakOutbound, NOT_OUT};
pub use owned::{next_size, Allocated, Loose, Slab};
pub use pages::PAGE;

use std::time::Duration;

/// What is shorter is not worth two pages of accounting and a frame that gives it back.
pub const SHORTEST: usize = 64 * 1024;
/// Of all slabs of a direction, where nobody says otherwise.
pub const DEFAULT_LIMIT: usize = 256 << 20;
/// Memory that was not used for so long is given back to the machine.
pub const UNUSED: Duration = Duration::from_secs(1);
/// And the rest, where it is more than can be given back in a moment.
pub const SHORTLY: Duration = Duration::from_millis(20);
/// Mappings are limited too (`vm.max_map_count`).
pub const MOST_SLABS: usize = 64;
/// Offsets are to fit an int32, as all numbers of a header.
pub const LARGEST_SLAB: usize = (1 << 31) - PAGE;
