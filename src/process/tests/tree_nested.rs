//! Processes of ours inside of the trees of others: here this test program starts itself.

use super::support::end_of;
use super::trees::{tree, Grown};
use super::watched::{alone_again, Watched};
use crate::command::{Command, Kinship, Stdio};
use crate::process::tree::Until;
use crate::process::{End, ExitStatus};

/// This test again, as a child with a tree, doing `body` and then nothing more.
fn again(name: &str, kinship: Kinship) -> Grown {
    let stdio = vec![Stdio::Ignore, Stdio::Pipe, Stdio::Ignore];
    Grown::new(Command { tree: Some(kinship), stdio, ..alone_again(name) })
}

fn is_inner() -> bool {
    std::env::var_os(super::support::ALONE).is_some()
}

/// Starts a tree, tells who is in it, and waits to be ended.
fn inner(kinships: &[Kinship]) {
    let mut trees = Vec::new();
    for kinship in kinships {
        let grown = Grown::new(tree("setsid sh -c 'echo pid $$; exec sleep 60' & echo pid $$; wait", *kinship));
        for pid in grown.pids(2) {
            println!("\npid {pid}");
        }
        trees.push(grown);
    }
    println!("\npid {}", std::process::id());
    std::thread::sleep(std::time::Duration::from_secs(60));
}

#[test]
fn ending_the_outer_tree_ends_the_inner_ones() {
    if is_inner() {
        return inner(&[Kinship::Dependent, Kinship::Independent]);
    }
    let outer = again("tree_nested::ending_the_outer_tree_ends_the_inner_ones", Kinship::Independent);
    let members = outer.members(5);
    assert_eq!(outer.tree.signal(libc::SIGKILL, Until::Gone).left, []);
    members.iter().for_each(Watched::await_end);
    // Its keeper as well.
    assert!(outer.tree.wait(None, None).is_some());
    end_of(outer.child);
}

#[test]
fn the_end_of_the_inner_process_ends_its_trees_and_not_its_siblings() {
    if is_inner() {
        return inner(&[Kinship::Dependent]);
    }
    let name = "tree_nested::the_end_of_the_inner_process_ends_its_trees_and_not_its_siblings";
    let [one, other] = [0; 2].map(|_| again(name, Kinship::Independent));
    let (ended, others) = (one.members(3), other.members(3));
    let mut child = one.child;
    child.signal(libc::SIGKILL).unwrap();
    assert_eq!(end_of(child), End::Exited(ExitStatus::Signal(libc::SIGKILL)));
    ended.iter().for_each(Watched::await_end);
    assert!(one.tree.wait(None, None).is_some());
    assert!(others.iter().all(Watched::is_alive));
    other.tree.signal(libc::SIGKILL, Until::Gone);
    end_of(other.child);
}

#[test]
fn three_deep() {
    let name = "tree_nested::three_deep";
    match std::env::var(super::support::ALONE).as_deref() {
        Err(_) => {
            let outer = again(name, Kinship::Independent);
            let members = outer.members(4);
            assert_eq!(outer.tree.signal(libc::SIGKILL, Until::Gone).left, []);
            members.iter().for_each(Watched::await_end);
            end_of(outer.child);
        }
        Ok("1") => {
            std::env::set_var(super::support::ALONE, "2");
            let middle = again(name, Kinship::Dependent);
            for pid in middle.pids(3) {
                println!("\npid {pid}");
            }
            println!("\npid {}", std::process::id());
            std::thread::sleep(std::time::Duration::from_secs(60));
        }
        Ok(_) => inner(&[Kinship::Dependent]),
    }
}
