//! MANY of it: tasks wait here, are given to workers, and are answered exactly once, whatever becomes of those. Goes on while JavaScript
//! is blocked.

pub mod bytes;
pub mod commands;
pub mod crew;
pub mod dispatch;
pub mod machine;
pub mod metrics;
pub mod queue;
mod settings;
pub mod task;

pub use settings::{Backoff, Balancing, Prefetch, Settings};
