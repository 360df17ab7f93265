//! Linux: a timer that is a descriptor.

mod timer;

pub use timer::Timer;
