//! Topics between processes. One thread of its own passes frames on between Unix sockets: it looks at the line's header and never into a
//! message, and JavaScript is not woken for it.
//!
//! What a client has sent with one write is read with one call, becomes one [`chunk::Chunk`], and goes to each subscriber as a range
//! of it: nothing is encoded anew, nothing is copied per subscriber, and neighbouring messages go out in one piece.

mod chunk;
mod client;
mod clients;
mod counters;
mod direct;
mod door;
mod handle;
mod intake;
mod outbox;
mod replies;
mod requests;
mod retained;
mod route;
mod server;
mod settings;
mod subscriptions;
#[cfg(test)]
mod tests;
mod topic;

pub use counters::{Counters, COUNTERS};
pub use handle::Broker;
pub use settings::{Bounds, Overflow, Settings};
