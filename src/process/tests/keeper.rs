//! Who ends the trees of a process that is gone. Each in a process of its own, since there is one keeper per process.

use super::support::{alone, command, contents, end_of, spawn, ALONE};
use super::trees::{tree, Grown};
use super::watched::{alone_again, Watched};
use crate::command::{Command, Kinship, Stdio};
use crate::process::tree::{lifetime, Until};
use crate::process::{End, ExitStatus};
use std::time::{Duration, Instant};

const MEMBERS: &str =
    "trap '' TERM; setsid sh -c 'echo pid $$; exec sleep 60' & (sh -c 'echo pid $$; kill -STOP $$; :' &); echo pid $$; wait";

/// As many as are to be expected: one that is still on its way to exec is not known by its name yet.
fn await_keepers(count: usize) -> Vec<i32> {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let keepers = keepers();
        if keepers.len() == count {
            return keepers;
        }
        assert!(Instant::now() < deadline, "{keepers:?}");
        std::thread::yield_now();
    }
}

/// Processes that this one has started and not waited for, by name.
fn keepers() -> Vec<i32> {
    let own = std::process::id();
    let children = contents(format!("/proc/self/task/{own}/children")) + &other_threads_children();
    let pids = children.split_whitespace().map(|pid| pid.parse().unwrap());
    pids.filter(|pid| std::fs::read_to_string(format!("/proc/{pid}/cmdline")).is_ok_and(|line| line.starts_with("procs-keeper"))).collect()
}

fn other_threads_children() -> String {
    let own = std::process::id().to_string();
    let threads = std::fs::read_dir("/proc/self/task").unwrap().map(|thread| thread.unwrap());
    threads.filter(|thread| thread.file_name() != own.as_str()).map(|thread| contents(thread.path().join("children")) + " ").collect()
}

fn start_and_end(kinship: Kinship) {
    end_of(spawn(Command { tree: Some(kinship), ..command("/bin/true", &[]) }));
}

#[test]
fn all_of_it_ends_when_this_process_is_killed() {
    if std::env::var_os(ALONE).is_some() {
        let with = Grown::new(tree(MEMBERS, Kinship::Dependent));
        let without = Grown::new(tree("echo pid $$; exec sleep 60", Kinship::Independent));
        for pid in without.pids(1).into_iter().chain(with.pids(3)) {
            println!("\npid {pid}");
        }
        std::thread::sleep(Duration::from_secs(60));
    }
    let stdio = vec![Stdio::Ignore, Stdio::Pipe, Stdio::Ignore];
    let owner = Command { stdio, tree: Some(Kinship::Independent), ..alone_again("keeper::all_of_it_ends_when_this_process_is_killed") };
    let mut owner = Grown::new(owner);
    let members = owner.members(4);
    owner.child.signal(libc::SIGKILL).unwrap();
    members[1..].iter().for_each(Watched::await_end);
    assert!(members[0].is_alive());
    members[0].kill();
    assert_eq!(end_of(owner.child), End::Exited(ExitStatus::Signal(libc::SIGKILL)));
    // The keeper itself.
    assert!(owner.tree.wait(None, None).is_some());
}

#[test]
fn it_is_started_with_the_first_tree_that_needs_it() {
    alone("keeper::it_is_started_with_the_first_tree_that_needs_it", || {
        end_of(spawn(command("/bin/true", &[])));
        start_and_end(Kinship::Independent);
        assert_eq!(keepers(), Vec::<i32>::new());
        start_and_end(Kinship::Dependent);
        start_and_end(Kinship::Dependent);
        await_keepers(1);
        assert_eq!(lifetime(), "keeper");
    });
}

#[test]
fn nothing_but_sigkill_reaches_it_and_then_there_is_another() {
    alone("keeper::nothing_but_sigkill_reaches_it_and_then_there_is_another", || {
        start_and_end(Kinship::Dependent);
        let first = Watched::new(await_keepers(1)[0]);
        for signal in (1..32).filter(|signal| ![libc::SIGKILL, libc::SIGSTOP].contains(signal)) {
            // SAFETY: our own child.
            unsafe { libc::kill(first.pid, signal) };
        }
        assert!(first.is_alive());
        first.kill();
        first.await_end();
        start_and_end(Kinship::Dependent);
        assert_ne!(await_keepers(1)[0], first.pid);
    });
}

#[test]
fn it_holds_on_to_nothing() {
    alone("keeper::it_holds_on_to_nothing", || {
        start_and_end(Kinship::Dependent);
        let pid = await_keepers(1)[0];
        // Its name is the last but one thing that it changes.
        let retired = || contents(format!("/proc/{pid}/comm")) == "procs-keeper\n" && open_descriptors(pid) == 1;
        let deadline = Instant::now() + Duration::from_secs(20);
        while !retired() {
            assert!(Instant::now() < deadline, "{} descriptors", open_descriptors(pid));
            std::thread::yield_now();
        }
        assert_eq!(std::fs::read_link(format!("/proc/{pid}/cwd")).unwrap().to_str(), Some("/"));
        // SAFETY: numbers.
        assert_eq!(unsafe { libc::getsid(pid) }, pid);
        assert_eq!(contents(format!("/proc/{pid}/environ")), "");
    });
}

fn open_descriptors(pid: i32) -> usize {
    std::fs::read_dir(format!("/proc/{pid}/fd")).unwrap().count()
}

#[test]
fn a_tree_does_not_include_it() {
    let grown = Grown::new(tree("echo pid $$; exec sleep 60", Kinship::Dependent));
    grown.pids(1);
    assert_eq!(grown.tree.signal(libc::SIGKILL, Until::Gone).signalled, 1);
    end_of(grown.child);
}
