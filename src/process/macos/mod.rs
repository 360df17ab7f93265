//! macOS: posix_spawn and kqueue; fork where posix_spawn cannot do it.

mod environment;
mod executable;
mod file_actions;
mod forked_child;
pub mod keeper;
mod launch;
mod lifeline;
mod limits;
mod pipe;
mod poller;
mod privileges;
mod process_handle;
mod processes;
pub mod pty;
mod pump;
mod queue;
mod region;
pub mod socket;
mod spawn;
mod start;
pub mod trees;
mod wake_up;

pub use environment::of_this_process as environment_of_this_process;
pub use executable::DEFAULT_PATH;
pub use launch::Launch;
pub use lifeline::Lifeline;
pub use pipe::{pipe, set_pipe_size};
pub use poller::Poller;
pub use process_handle::ProcessHandle;
pub use processes::{processes, HeldProcess, Process};
pub use pump::pump;
pub use queue::kqueue;
pub use region::Region;
pub use start::start;
pub use wake_up::WakeUp;

/// Whether this thread's end is this process's.
pub fn is_main_thread() -> bool {
    // SAFETY: asks about the calling thread.
    unsafe { libc::pthread_main_np() != 0 }
}

/// How children are started here; those with other credentials are forked all the same.
pub fn mechanism() -> &'static str {
    "posix_spawn"
}
