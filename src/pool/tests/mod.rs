//! A whole pool, with workers that are shell scripts.

mod blocked;
mod ends;
mod hostile;
#[cfg(target_os = "linux")] // elsewhere there is no page
mod lifeline;
mod support;
mod tasks;
