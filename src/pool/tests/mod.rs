//! A whole pool, with workers that are shell scripts.

mod blocked;
mod ends;
mod hostile;
mod support;
mod tasks;
