//! Another uid and gid. Most of it needs root, and says so where there is none.

use super::support::{alone, output_of, refusal, sh, spawn};
use crate::command::Command;
use crate::process::{SpawnError, Step};
use rustix::io::Errno;
use rustix::process::{dumpable_behavior, DumpableBehavior};

const NOBODY: u32 = 65534;

fn is_root() -> bool {
    let root = rustix::process::geteuid().is_root();
    if !root {
        eprintln!("skipped: only root can give a child another uid");
    }
    root
}

fn as_nobody(script: &str) -> Command {
    Command { uid: Some(NOBODY), gid: Some(NOBODY), ..sh(script) }
}

#[test]
fn uid_gid_and_groups_are_all_changed() {
    if is_root() {
        assert_eq!(output_of(as_nobody("id -u; id -ru; id -g; id -G")), "65534\n65534\n65534\n65534\n");
    }
}

#[test]
fn this_process_stays_dumpable() {
    alone("credentials::this_process_stays_dumpable", || {
        if is_root() {
            assert_eq!(dumpable_behavior(), Ok(DumpableBehavior::Dumpable));
            for _ in 0..20 {
                output_of(as_nobody("exit 0"));
            }
            assert_eq!(dumpable_behavior(), Ok(DumpableBehavior::Dumpable));
        }
    });
}

#[test]
fn what_is_not_allowed_is_known_at_once() {
    // Alone: root gives its privileges up here.
    alone("credentials::what_is_not_allowed_is_known_at_once", || {
        // SAFETY: numbers only. The raw call is for this thread only, and so the test's process can still end as root.
        unsafe { libc::syscall(libc::SYS_setresuid, -1, NOBODY, -1) };
        for command in [Command { uid: Some(1234), ..sh("exit 0") }, Command { gid: Some(1234), ..sh("exit 0") }] {
            assert_eq!(refusal(command), SpawnError { step: Step::Credentials, errno: Errno::PERM });
        }
    });
}

#[test]
fn no_uid_at_all_is_invalid() {
    let error = refusal(Command { uid: Some(u32::MAX), ..sh("exit 0") });
    assert_eq!(error, SpawnError { step: Step::Credentials, errno: Errno::INVAL });
}

#[test]
fn the_own_uid_needs_no_privilege() {
    let uid = rustix::process::getuid().as_raw();
    let child = spawn(Command { uid: Some(uid), ..sh("exit 0") });
    super::support::end_of(child);
}
