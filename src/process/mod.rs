//! STARTING and OUTLIVING: a child is started without copying this process, held by something that cannot be mistaken for another
//! process, and reaped by whoever holds it.

mod child;
pub mod collect;
mod error;
mod launch;
#[cfg(target_os = "linux")]
mod linux;
mod lookup;
#[cfg(target_os = "macos")]
mod macos;
mod pace;
mod poll;
mod pump;
mod reach;
mod reaper;
mod run_sync;
mod run_whole;
mod status;
mod stdio;
#[cfg(test)]
mod tests;
pub mod tree;
mod usage;

#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(target_os = "macos")]
use macos as platform;

pub use child::{Child, End, Spawned};
pub use error::{SpawnError, Step};
pub use pace::Pace;
#[cfg(target_os = "macos")]
pub use platform::kqueue;
pub use platform::{environment_of_this_process, is_main_thread, mechanism, pipe, pty, set_pipe_size, socket, Lifeline, Poller, WakeUp};
pub use pump::Pump;
pub use reaper::adopt;
pub use run_sync::{run_sync, Limits, RunError, SyncResult};
pub use run_whole::{run_whole, Bounds, WholeRun};
pub use status::ExitStatus;
pub use tree::Tree;
pub use usage::Usage;
