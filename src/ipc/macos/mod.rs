//! macOS has neither memory that can be sealed nor an eventfd: whatever needs them says so, and the socket does it. It has kqueues.

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
