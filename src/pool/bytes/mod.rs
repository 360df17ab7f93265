//! Bytes and descriptors that go with tasks.
//!
//! Bytes are copied once, when the task is accepted: from 64 KiB on to memory that all workers of the pool have mapped, so that the task may
//! wait, go to whatever worker is free, and to another one if that dies before it has begun. Workers give pieces back as any peer does, and
//! with their death.

mod frame;
mod loan;
mod memory;
mod offered;
#[cfg(all(test, target_os = "linux"))]
mod tests;

pub use frame::{Bytes, Frame, Parts, Segment, Sharing};
pub use loan::Loan;
pub use memory::Memory;
pub use offered::Offered;
