//! Memory that processes share for as long as they like, and waiting for a cell of it.

mod threads;
mod wait;

pub use wait::{notify, wait, Cell, Outcome, Waiting};
