//! Finding and ending a tree by the mark that its processes carry, see docs/process.md. Nothing here allocates or knows libc or std:
//! the addon and the keeper (src/keeper), a program of a few kilobytes, both include this folder.

mod ending;
mod family;
mod kernel;
mod listing;
mod mark;
mod member;
mod search;
mod watch;

pub use ending::{kill_all, signal_each, stop_all};
pub use family::Family;
pub use kernel::{pause, wait_readable, Deadline};
pub use mark::{base_of, last_of, Mark, COUNTING};
pub use member::{Left, Report};
pub use search::Search;
pub use watch::wait_until_gone;
