//! macOS has neither memory that can be sealed nor an eventfd: whatever needs them says so, and the socket does it.

mod bell;
mod cpu;
pub mod futex;
pub mod memory;
pub mod named_memory;
mod origin;

pub use bell::Bell;
pub use cpu::current_cpu;
pub use origin::is_ours;
