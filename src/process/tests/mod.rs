//! Starting, outliving and reaping, against real programs.

mod descriptors;
mod exit;
mod many;
mod orphans;
mod pipes;
mod refused;
mod run_sync;
mod search;
mod session;
mod signals;
mod support;

#[cfg(target_os = "linux")]
mod copied_memory;
#[cfg(target_os = "linux")]
mod credentials;
#[cfg(target_os = "linux")]
mod exec_format;
#[cfg(target_os = "linux")]
mod leaks;
