//! Whatever a child starts is in its tree, and ends when the tree is ended.

use super::support::{await_readable, end_of, ALONE};
use super::trees::{tree, Grown};
use super::watched::alone_again;
use crate::command::{Command, Kinship, Stdio};
use crate::process::tree::{mechanism, Mechanism, Until};
use crate::process::{Child, End, ExitStatus, WakeUp};
use rustix::process::{setrlimit, Resource, Rlimit};
use std::time::Duration;

/// Ends a tree once `members` processes of it have said who they are.
fn all_end(script: &str, members: usize) {
    let grown = Grown::new(tree(script, Kinship::Independent));
    let members = grown.members(members);
    let report = grown.tree.signal(libc::SIGKILL, Until::Gone);
    assert_eq!(report.left, []);
    assert!(report.signalled as usize >= members.len(), "{report:?}");
    for member in &members {
        member.await_end();
    }
    assert_eq!(end_of(grown.child), End::Exited(ExitStatus::Signal(libc::SIGKILL)));
    assert_eq!(grown.tree.signal(0, Until::Sent { except: 0 }).signalled, 0);
}

#[test]
fn here_they_are_found_by_their_mark() {
    assert_eq!(mechanism(), Mechanism::Mark);
}

#[test]
fn children_and_grandchildren() {
    all_end("sh -c 'echo pid $$; sh -c \"echo pid \\$\\$; exec sleep 60\"; :' & echo pid $$; wait", 3);
}

#[test]
fn who_leads_a_session_of_its_own() {
    all_end("setsid sh -c 'echo pid $$; exec sleep 60' & exec sleep 60", 1);
}

#[test]
fn who_has_lost_its_parents() {
    all_end("(setsid sh -c '(sh -c \"echo pid \\$\\$; exec sleep 60\" &)' &); exec sleep 60", 1);
}

#[test]
fn who_has_another_name() {
    all_end("sh -c 'echo someone > /proc/$$/comm; echo pid $$; sleep 60; :' & exec sleep 60", 1);
}

#[test]
fn who_has_no_environment() {
    all_end("env -i /bin/sh -c 'echo pid $$; exec sleep 60' & exec sleep 60", 1);
}

#[test]
fn who_has_become_another_program() {
    all_end("sh -c 'exec sh -c \"echo pid \\$\\$; exec sleep 60\"' & exec sleep 60", 1);
}

#[test]
fn who_ignores_what_can_be_ignored() {
    all_end("trap '' TERM INT HUP QUIT; sh -c 'echo pid $$; exec sleep 60' & echo pid $$; wait", 2);
}

#[test]
fn who_was_stopped() {
    all_end("sh -c 'echo pid $$; kill -STOP $$; :' & exec sleep 60", 1);
}

#[test]
fn what_goes_on_forking() {
    // Some 190 processes, and it is ended while they are being started.
    let forks = "grow() { if [ $1 -gt 0 ]; then grow $(($1 - 1)) & grow $(($1 - 1)) & wait; else exec sleep 60; fi; }; echo pid $$; grow 6";
    all_end(forks, 1);
}

#[test]
fn what_fills_every_place_that_another_leaves() {
    if std::env::var_os(ALONE).is_some() {
        return fork_bomb();
    }
    // SAFETY: asks.
    if unsafe { libc::geteuid() } != 0 {
        // Only as a user who runs nothing else can the number of processes be limited.
        return;
    }
    let again = alone_again("tree_ends::what_fills_every_place_that_another_leaves");
    let bomb = Grown::new(Command { tree: Some(Kinship::Independent), stdio: vec![Stdio::Ignore, Stdio::Pipe, Stdio::Ignore], ..again });
    // All places are taken.
    while bomb.line() != "full" {}
    let report = bomb.tree.signal(libc::SIGKILL, Until::Gone);
    assert_eq!(report.left, []);
    assert!(report.signalled >= 190, "{report:?}");
    assert_eq!(bomb.tree.signal(0, Until::Sent { except: 0 }).signalled, 0);
    end_of(bomb.child);
}

/// Each process forks for ever; there can be 200.
fn fork_bomb() {
    setrlimit(Resource::Nproc, Rlimit { current: Some(200), maximum: Some(200) }).unwrap();
    // SAFETY: a number; then in each copy system calls only.
    unsafe {
        // Nobody else's, not even of the last run, whose zombies may still be there.
        assert_eq!(libc::setuid(100_000 + std::process::id()), 0);
        let mut full = false;
        loop {
            if libc::fork() < 0 && !full {
                full = true;
                libc::write(1, b"\nfull\n".as_ptr().cast(), 6);
            }
        }
    }
}

#[test]
fn a_tree_whose_child_has_ended_is_still_found() {
    let Grown { child, tree, .. } = {
        let grown = Grown::new(tree("setsid sh -c 'echo pid $$; exec sleep 60' & exit 0", Kinship::Independent));
        let members = grown.members(1);
        await_readable(&grown.child);
        assert!(members[0].is_alive());
        grown
    };
    end_of(child);
    assert_eq!(tree.signal(libc::SIGKILL, Until::Gone).signalled, 1);
}

#[test]
fn a_zombie_is_no_member() {
    // Its parent never waits for it.
    let grown = Grown::new(tree("sh -c 'echo pid $$' & exec sleep 60", Kinship::Independent));
    let zombie = &grown.members(1)[0];
    zombie.await_end();
    assert_eq!(zombie.state(), 'Z');
    assert_eq!(grown.tree.signal(0, Until::Sent { except: 0 }).signalled, 1);
    assert_eq!(grown.tree.signal(libc::SIGKILL, Until::Gone).left, []);
    // Nor is the child itself, before it is waited for.
    await_readable(&grown.child);
    assert!(grown.tree.wait(None, None).is_some());
    end_of(grown.child);
}

#[test]
fn each_member_gets_a_signal_once_but_for_the_one_left_out() {
    let script = "trap 'echo got' USR1; sh -c 'trap \"echo got\" USR1; echo pid $$; while :; do sleep 60 & wait; done' & \
                  echo pid $$; while :; do wait; sleep 60 & done";
    let grown = Grown::new(tree(script, Kinship::Independent));
    grown.pids(2);
    let except = grown.child.pid();
    // The child of the child, and whatever sleeps at that moment.
    assert!(grown.tree.signal(libc::SIGUSR1, Until::Sent { except }).signalled >= 1);
    assert_eq!(grown.line(), "got");
    grown.tree.signal(libc::SIGKILL, Until::Gone);
    end_of(grown.child);
}

#[test]
fn stopped_members_act_on_what_asks_them_to_end() {
    let grown = Grown::new(tree("sh -c 'echo pid $$; kill -STOP $$; :' & exec sleep 60", Kinship::Independent));
    let members = grown.members(1);
    grown.tree.signal(libc::SIGTERM, Until::Sent { except: 0 });
    members[0].await_end();
    end_of(grown.child);
}

#[test]
fn a_tree_stands_still_and_goes_on() {
    let grown =
        Grown::new(tree("setsid sh -c 'echo pid $$; while :; do :; done' & echo pid $$; while :; do sleep 0; done", Kinship::Independent));
    let members = grown.members(2);
    assert_eq!(grown.tree.signal(libc::SIGSTOP, Until::Still).left, []);
    for member in &members {
        // 'D': a shell whose own child was stopped between vfork and exec waits for it, and stops before it goes on.
        assert!(matches!(member.state(), 'T' | 'D'));
    }
    grown.tree.signal(libc::SIGCONT, Until::Sent { except: 0 });
    for member in &members {
        assert!(member.is_alive() && member.state() != 'T');
    }
    grown.tree.signal(libc::SIGKILL, Until::Gone);
    end_of(grown.child);
}

#[test]
fn the_end_of_a_tree_can_be_awaited() {
    let grown = Grown::new(tree("sh -c 'read line < /dev/null; echo pid $$; exec sleep 60' & exit 0", Kinship::Independent));
    let member = &grown.members(1)[0];
    assert!(grown.tree.wait(None, Some(Duration::from_millis(10))).is_none());
    let cancel = WakeUp::new().unwrap();
    cancel.wake();
    assert!(grown.tree.wait(Some(&cancel), None).is_none());
    let waiting = std::thread::spawn({
        let tree = grown.tree;
        move || tree.wait(None, None)
    });
    member.kill();
    assert_eq!(waiting.join().unwrap().unwrap().left, []);
    end_of(grown.child);
}

#[test]
fn what_did_not_start_is_an_empty_tree() {
    let report = Child::spawn(Command { file: c"/no/such/program".into(), ..tree("", Kinship::Independent) });
    assert!(report.is_err());
}
