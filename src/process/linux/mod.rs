//! Linux: clone that shares memory, pidfds, epoll.

mod begin;
mod clone;
mod environment;
mod exec_child;
mod executable;
pub mod keeper;
mod launch_pad;
mod lifeline;
mod limits;
mod pidfd;
mod pipe;
mod poller;
mod privileges;
mod processes;
pub mod pty;
mod pump;
mod raw;
mod region;
pub mod socket;
mod start;
mod syscall;
#[allow(dead_code, unused_imports)] // the keeper's part of it
mod tree;
pub mod trees;
mod unnamed_program;
mod wake_up;

pub use begin::start;
pub use environment::of_this_process as environment_of_this_process;
pub use executable::DEFAULT_PATH;
pub use lifeline::Lifeline;
pub use pidfd::Pidfd as ProcessHandle;
pub use pipe::{pipe, set_pipe_size};
pub use poller::Poller;
pub use processes::{processes, HeldProcess, Process};
pub use pump::pump;
pub use region::Region;
pub use start::Launch;
pub use wake_up::WakeUp;

use std::sync::OnceLock;

/// Whether this thread's end is this process's.
pub fn is_main_thread() -> bool {
    rustix::thread::gettid() == rustix::process::getpid()
}

/// How children are started here.
pub fn mechanism() -> &'static str {
    if clone::shares_memory() {
        "clone"
    } else {
        "fork"
    }
}

/// Whether this signal may only be sent to a child that has left this memory: before Linux 5.16 a signal that dumps core ended
/// every process that shared it.
fn must_wait_before(signal: i32) -> bool {
    const DUMPS_CORE: [i32; 10] = [
        libc::SIGQUIT,
        libc::SIGILL,
        libc::SIGTRAP,
        libc::SIGABRT,
        libc::SIGBUS,
        libc::SIGFPE,
        libc::SIGSEGV,
        libc::SIGXCPU,
        libc::SIGXFSZ,
        libc::SIGSYS,
    ];
    static OLD_KERNEL: OnceLock<bool> = OnceLock::new();
    DUMPS_CORE.contains(&signal) && *OLD_KERNEL.get_or_init(|| kernel_version() < (5, 16))
}

fn kernel_version() -> (u32, u32) {
    let release = rustix::system::uname();
    let mut numbers = release.release().to_str().unwrap_or("").split(|c: char| !c.is_ascii_digit()).map(|n| n.parse().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}
