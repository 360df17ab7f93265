//! Output that is wanted whole, collected without JavaScript.
//!
//! A short command writes little and ends soon: what it wrote is read at its end, by whoever asks for it, without another thread and
//! without a wake-up for each of its streams. What goes on longer, or fills its socket, is read by one thread for all of them, which
//! goes on while JavaScript is blocked.

mod arrival;
mod bytes;
mod collector;
mod reader;
mod stream;
mod text;

pub use arrival::{Arrival, Part};
pub use bytes::Bytes;
pub use reader::{Ending, Reader, Seen};
pub use stream::{Collected, Finished, Plan, Stream};
pub use text::Text;
