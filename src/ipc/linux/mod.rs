//! Linux: sealed memory that two processes see, and what wakes them.

mod bell;
mod cpu;
pub mod futex;
pub mod memory;
pub mod named_memory;
mod origin;

pub use bell::Bell;
pub use cpu::current_cpu;
pub use origin::is_ours;
