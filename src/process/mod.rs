//! STARTING and OUTLIVING: a child is started without copying this process, held by something that cannot be mistaken for another
//! process, and reaped by whoever holds it.

mod child;
mod error;
mod launch;
#[cfg(target_os = "linux")]
mod linux;
mod lookup;
#[cfg(target_os = "macos")]
mod macos;
mod pace;
mod ready;
mod reaper;
mod run_sync;
mod status;
mod stdio;
#[cfg(test)]
mod tests;

#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(target_os = "macos")]
use macos as platform;

pub use child::{Child, End, Spawned};
pub use error::{SpawnError, Step};
pub use pace::Pace;
pub use platform::{mechanism, socket, Poller};
pub use ready::{Batch, Ready};
pub use reaper::adopt;
pub use run_sync::{run_sync, Limits, RunError, SyncResult};
pub use status::ExitStatus;
