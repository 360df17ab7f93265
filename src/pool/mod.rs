//! MANY of it: tasks wait here, are given to workers, and are answered exactly once, whatever becomes of those. Goes on while JavaScript
//! is blocked.

pub mod bytes;
pub mod commands;
pub mod crew;
pub mod dispatch;
mod engine;
#[cfg(target_os = "linux")]
mod linux;
pub mod machine;
#[cfg(target_os = "macos")]
mod macos;
pub mod metrics;
mod notes;
mod outbox;
pub mod queue;
mod settings;
#[cfg(test)]
mod simulation;
pub mod task;
#[cfg(test)]
mod tests;
mod thread;
mod trees;
mod turn;
mod watched;
mod worker;

#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(target_os = "macos")]
use macos as platform;

pub use engine::{Engine, Plan, Submission};
pub use outbox::{Out, Told};
pub use settings::{Backoff, Balancing, Prefetch, Settings};
pub use turn::{LastWords, Pool};
pub use worker::{Program, SETUP};
