use super::support::{command, end_of, sh, spawn, status_of};
use crate::process::{End, ExitStatus};
use rustix::io::Errno;

#[test]
fn every_exit_code_comes_through() {
    for code in [0, 1, 126, 127, 128, 255] {
        assert_eq!(status_of(sh(&format!("exit {code}"))), ExitStatus::Code(code));
    }
}

#[test]
fn a_program_ended_by_a_signal_says_which() {
    for signal in [libc::SIGTERM, libc::SIGKILL, libc::SIGUSR1] {
        assert_eq!(status_of(sh(&format!("kill -{signal} $$"))), ExitStatus::Signal(signal));
    }
}

#[test]
fn a_signal_sent_right_after_the_start_ends_the_child_and_nobody_else() {
    for signal in [libc::SIGTERM, libc::SIGKILL, libc::SIGQUIT, libc::SIGSEGV, libc::SIGABRT] {
        let mut child = spawn(command("/bin/sleep", &["60"]));
        child.signal(signal).unwrap();
        assert_eq!(end_of(child), End::Exited(ExitStatus::Signal(signal)));
    }
}

#[test]
fn once_reaped_there_is_nobody_to_wait_for_or_to_signal() {
    let mut child = spawn(sh("exit 4"));
    super::support::await_readable(&child);
    assert_eq!(child.try_wait(), Ok(Some(End::Exited(ExitStatus::Code(4)))));
    assert_eq!(child.try_wait(), Err(Errno::CHILD));
    assert_eq!(child.signal(0), Err(Errno::SRCH));
    assert_eq!(child.signal(libc::SIGKILL), Err(Errno::SRCH));
}

#[test]
fn a_running_child_has_no_end_yet_and_takes_signal_0() {
    let mut child = spawn(command("/bin/sleep", &["60"]));
    assert_eq!(child.try_wait(), Ok(None));
    assert_eq!(child.signal(0), Ok(()));
    assert_eq!(child.signal(1000), Err(Errno::INVAL));
    child.signal(libc::SIGKILL).unwrap();
    assert_eq!(end_of(child), End::Exited(ExitStatus::Signal(libc::SIGKILL)));
}
