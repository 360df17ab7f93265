//! What waits, and whose turn it is.
//!
//! Tasks of one key and one priority are a [`lane`](lanes::Lanes), first in first out. Lanes of one priority are a level, and take turns. Which level is
//! next is a matter of its oldest task alone: waiting a while (`ageing`) is worth one step of priority, so a task that was submitted at `t` with priority
//! `p` stands where one of priority 0 would that was submitted at `t - p * ageing`. That never changes, so nothing has to be sorted anew as
//! time goes by, and nothing starves.

mod alone;
mod heap;
mod ids;
mod keys;
mod lanes;
mod slab;
#[cfg(test)]
pub mod tests;

pub use alone::Queue;

pub(super) use heap::Heap;
pub(super) use ids::Ids;
pub(super) use keys::Keys;
pub(super) use lanes::{FrontId, Lanes, Rank, Side, Spot};
pub(super) use slab::{Slab, NONE};
