//! Linux: sealed memory that two processes see, what wakes them, and epoll.

mod bell;
mod cpu;
pub mod futex;
pub mod memory;
pub mod named_memory;
mod origin;
mod poll;

pub use bell::Bell;
pub use cpu::current_cpu;
pub use origin::is_ours;
pub use poll::Poll;
