//! macOS: a timer that is a kqueue.

mod timer;

pub use timer::Timer;
