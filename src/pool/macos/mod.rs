//! macOS: kqueues.

mod poll;
mod timer;

pub use poll::Poll;
pub use timer::Timer;
