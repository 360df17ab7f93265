//! Whether this process has descriptors left.

use rustix::io::Errno;
use rustix::process::{getrlimit, Resource};
use std::fs::File;
use std::os::fd::AsRawFd;

/// So many stay for whatever else the application does, and for what workers need besides: a ring, shared memory.
const RESERVE: u64 = 16;

/// For one more worker than there must be.
pub fn are_left() -> bool {
    let Some(limit) = getrlimit(Resource::Nofile).current else { return true };
    match File::open("/dev/null") {
        // The lowest number that is free: all below it are taken.
        Ok(next) => (next.as_raw_fd() as u64).saturating_add(RESERVE.min(limit / 8)) < limit,
        Err(error) => !matches!(Errno::from_io_error(&error), Some(Errno::MFILE | Errno::NFILE)),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn there_are_as_a_rule() {
        assert!(super::are_left());
    }
}
