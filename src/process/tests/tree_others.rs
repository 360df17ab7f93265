//! What is not in the tree is not touched.

use super::support::{alone, end_of, sh, spawn};
use super::trees::{tree, Grown};
use super::watched::Watched;
use crate::command::Kinship;
use crate::process::tree::Until;
use crate::process::{End, ExitStatus};
use rustix::io::Errno;
use std::process::Command as Program;

#[test]
fn another_tree_and_a_child_without_one_go_on() {
    let script = "setsid sh -c 'echo pid $$; exec sleep 60' & echo pid $$; wait";
    let [one, other] = [0; 2].map(|_| Grown::new(tree(script, Kinship::Independent)));
    let mut plain = spawn(sh("exec sleep 60"));
    let (ended, mut others) = (one.members(2), other.members(2));
    others.push(Watched::new(plain.pid()));
    assert_eq!(one.tree.signal(libc::SIGKILL, Until::Gone).signalled, 2);
    assert!(ended.iter().all(|member| !member.is_alive()));
    assert!(others.iter().all(Watched::is_alive));
    other.tree.signal(libc::SIGKILL, Until::Gone);
    plain.signal(libc::SIGKILL).unwrap();
    end_of(plain);
    end_of(one.child);
    end_of(other.child);
}

#[test]
fn nor_is_who_may_not_be_signalled_but_it_is_told_of() {
    // SAFETY: asks.
    if unsafe { libc::geteuid() } != 0 {
        // Another user's process is needed.
        return;
    }
    alone("tree_others::nor_is_who_may_not_be_signalled_but_it_is_told_of", || {
        let grown = Grown::new(tree("echo pid $$; exec sleep 60", Kinship::Independent));
        let member = &grown.members(1)[0];
        become_user(61_234);
        let report = grown.tree.signal(libc::SIGKILL, Until::Gone);
        become_user(0);
        assert_eq!(report.signalled, 0);
        let left: Vec<_> = report.left.iter().map(|left| (left.pid, left.errno)).collect();
        assert_eq!(left, [(member.pid, Errno::PERM)]);
        assert!(["sh", "sleep"].contains(&report.left[0].command.as_str()), "{report:?}");
        assert!(member.is_alive());
        grown.tree.signal(libc::SIGKILL, Until::Gone);
        end_of(grown.child);
    });
}

/// For what may be signalled and asked, while root can come back.
fn become_user(uid: u32) {
    // SAFETY: numbers.
    assert_eq!(unsafe { libc::setresuid(uid, uid, 0) }, 0);
}

const NAMESPACE: &str = "PROCS_TEST_PID_NAMESPACE";

/// Runs `body` where it gives out the pids: in a namespace of its own. False where that is not possible.
fn in_a_pid_namespace(name: &str, body: impl FnOnce()) -> bool {
    if std::env::var_os(NAMESPACE).is_some() {
        body();
        return true;
    }
    let unshare = ["--pid", "--fork", "--mount-proc", "--kill-child"];
    let possible = Program::new("unshare").args(unshare).args(["test", "-w", "/proc/sys/kernel/ns_last_pid"]).output();
    if !possible.is_ok_and(|output| output.status.success()) {
        return false;
    }
    let test = [&format!("process::tests::{name}"), "--exact", "--nocapture", "--test-threads=1"];
    let output =
        Program::new("unshare").args(unshare).arg(std::env::current_exe().unwrap()).args(test).env(NAMESPACE, "1").output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}{}", String::from_utf8_lossy(&output.stderr));
    true
}

/// Starts something that gets this pid, which must be free.
fn start_as(pid: i32) -> crate::process::Child {
    for _ in 0..100 {
        std::fs::write("/proc/sys/kernel/ns_last_pid", (pid - 1).to_string()).unwrap();
        let mut child = spawn(sh("exec sleep 60"));
        if child.pid() == pid {
            return child;
        }
        // A thread of the test program came first.
        child.signal(libc::SIGKILL).unwrap();
        end_of(child);
    }
    panic!("pid {pid} is not to be had");
}

#[test]
fn nor_is_who_got_the_pid_of_a_member() {
    let possible = in_a_pid_namespace("tree_others::nor_is_who_got_the_pid_of_a_member", || {
        let grown = Grown::new(tree("setsid sh -c 'echo pid $$; exec sleep 60' & echo pid $$; exec sleep 60", Kinship::Independent));
        let pids = grown.pids(2);
        let mut members: Vec<_> = pids.iter().map(|pid| Watched::new(*pid)).collect();
        let root = grown.child.pid();
        members.retain(|member| member.pid != root);
        let mut child = grown.child;
        child.signal(libc::SIGKILL).unwrap();
        assert_eq!(end_of(child), End::Exited(ExitStatus::Signal(libc::SIGKILL)));
        let stranger = start_as(root);
        let watched = Watched::new(root);
        assert_eq!(grown.tree.signal(libc::SIGTERM, Until::Sent { except: 0 }).signalled, 1);
        members[0].await_end();
        assert_eq!(grown.tree.signal(libc::SIGKILL, Until::Gone).signalled, 0);
        assert!(watched.is_alive());
        let mut stranger = stranger;
        stranger.signal(libc::SIGKILL).unwrap();
        end_of(stranger);
    });
    if !possible {
        eprintln!("skipped: no pid namespace here");
    }
}
