//! macOS: posix_spawn and kqueue; fork where posix_spawn cannot do it.

mod environment;
mod executable;
mod file_actions;
mod forked_child;
mod launch;
mod poller;
mod privileges;
mod process_handle;
pub mod socket;
mod spawn;
mod start;

pub use executable::DEFAULT_PATH;
pub use launch::Launch;
pub use poller::Poller;
pub use process_handle::ProcessHandle;
pub use start::start;

/// How children are started here; those with other credentials are forked all the same.
pub fn mechanism() -> &'static str {
    "posix_spawn"
}
