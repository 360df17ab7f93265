//! Linux: epoll, and a timer that is a descriptor.

mod poll;
mod timer;

pub use poll::Poll;
pub use timer::Timer;
