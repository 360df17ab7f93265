//! No limit here is inherited by everybody and used by nobody, so trees carry no mark; and nobody looks after them.

use super::WakeUp;
use crate::process::tree::{Mechanism, Report, Tree, Until};
use rustix::io::{Errno, Result};
use std::time::Duration;

pub fn mechanism() -> Mechanism {
    Mechanism::Group
}

/// Never asked for, since [`mechanism`] says so.
pub fn signal(_tree: Tree, _signal: i32, _until: Until, _report: &mut Report) -> Result<()> {
    Err(Errno::NOSYS)
}

/// As [`signal`].
pub fn wait(_tree: Tree, _cancel: Option<&WakeUp>, _timeout: Option<Duration>) -> Result<bool> {
    Err(Errno::NOSYS)
}
