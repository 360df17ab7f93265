//! STARTING and OUTLIVING: a child is started without copying this process, held by something that cannot be mistaken for another
//! process, and reaped by whoever holds it.

mod child;
mod error;
#[cfg(target_os = "linux")]
mod linux;
mod pace;
mod reaper;
mod run_sync;
mod status;

pub use child::{Child, End, Spawned};
pub use error::{SpawnError, Step};
#[cfg(target_os = "linux")]
pub use linux::{Batch, Poller, Ready};
pub use pace::Pace;
pub use reaper::adopt;
pub use run_sync::{run_sync, Limits, RunError, SyncResult};
pub use status::ExitStatus;

/// How children are started here.
pub fn mechanism() -> &'static str {
    if linux::shares_memory() {
        "clone"
    } else {
        "fork"
    }
}
