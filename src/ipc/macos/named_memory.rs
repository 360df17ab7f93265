//! Memory that is found by a name: not here, since nothing can be mapped, see `memory`.

use rustix::io::{Errno, Result};
use std::os::fd::{AsFd, OwnedFd};

pub fn create(_name: &str, _length: usize) -> Result<OwnedFd> {
    Err(Errno::NOSYS)
}

pub fn open_existing(_name: &str) -> Result<(OwnedFd, usize)> {
    Err(Errno::NOSYS)
}

pub fn remove(_name: &str, _file: impl AsFd) -> Result<()> {
    Err(Errno::NOSYS)
}
