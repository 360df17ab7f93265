//! Whether this user, or the cgroup that we are in, may have another thread.

use std::io::ErrorKind;
use std::thread::Builder;

/// Where none can be had, a Node that starts waits for its own for ever: it counts those that it asked for, and not those that it got.
pub fn are_left() -> bool {
    match Builder::new().stack_size(64 * 1024).spawn(|| {}) {
        Ok(thread) => {
            // It has nothing to panic of.
            let _done = thread.join();
            true
        }
        Err(error) => error.kind() != ErrorKind::WouldBlock,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn there_are_as_a_rule() {
        assert!(super::are_left());
    }
}
