//! A child starts with no signal blocked and none ignored, whatever this process does.

use super::support::{sh, status_of};
use crate::process::ExitStatus;
use std::mem::MaybeUninit;
use std::ptr;

#[test]
fn a_signal_blocked_here_reaches_the_child() {
    let mut mask = MaybeUninit::uninit();
    // SAFETY: an initialised set; the mask is this test's own thread's.
    unsafe {
        libc::sigemptyset(mask.as_mut_ptr());
        libc::sigaddset(mask.as_mut_ptr(), libc::SIGTERM);
        assert_eq!(libc::pthread_sigmask(libc::SIG_BLOCK, mask.as_ptr(), ptr::null_mut()), 0);
    }
    assert_eq!(status_of(sh("kill -TERM $$; exit 0")), ExitStatus::Signal(libc::SIGTERM));
    // SAFETY: as above.
    unsafe {
        let mut now = MaybeUninit::uninit();
        libc::pthread_sigmask(libc::SIG_BLOCK, ptr::null(), now.as_mut_ptr());
        assert_eq!(libc::sigismember(now.as_ptr(), libc::SIGTERM), 1, "the mask here is as it was");
    }
}

#[test]
fn a_signal_ignored_here_ends_the_child() {
    // Rust's runtime ignores SIGPIPE, as Node does, and a shell cannot undo what it was started with.
    assert_eq!(status_of(sh("kill -PIPE $$; exit 0")), ExitStatus::Signal(libc::SIGPIPE));
}
