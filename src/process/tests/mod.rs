//! Starting, outliving and reaping, against real programs.

mod collect;
mod descriptors;
mod exit;
mod many;
mod orphans;
mod pipes;
mod pump;
mod refused;
mod run_sync;
mod run_whole;
mod search;
mod session;
mod signals;
mod support;
mod usage;

#[cfg(target_os = "linux")]
mod copied_memory;
#[cfg(target_os = "linux")]
mod credentials;
#[cfg(target_os = "linux")]
mod exec_format;
#[cfg(target_os = "linux")]
mod keeper;
#[cfg(target_os = "linux")]
mod leaks;
#[cfg(target_os = "linux")]
mod limits;
mod pty;
#[cfg(target_os = "linux")]
mod tree_ends;
mod tree_group;
#[cfg(target_os = "linux")]
mod tree_marks;
#[cfg(target_os = "linux")]
mod tree_nested;
#[cfg(target_os = "linux")]
mod tree_others;
mod trees;
#[cfg(target_os = "linux")]
mod watched;
