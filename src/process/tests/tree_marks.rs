//! The mark itself.

use super::support::{command, end_of, output_of, sh};
use super::trees::{tree, Grown};
use crate::command::{Command, Kinship};
use crate::process::tree::Until;

fn limits(of: &str) -> (String, String) {
    let line = of.lines().find(|line| line.starts_with("Max file locks")).unwrap();
    let mut words = line.split_whitespace().skip(3).map(str::to_owned);
    (words.next().unwrap(), words.next().unwrap())
}

fn own_limits() -> (String, String) {
    limits(&super::support::contents("/proc/self/limits"))
}

#[test]
fn a_tree_is_marked_and_nothing_else_is() {
    let own = own_limits();
    let read = || command("/bin/cat", &["/proc/self/limits"]);
    assert_eq!(limits(&output_of(read())), own);
    let marked = limits(&output_of(Command { tree: Some(Kinship::Independent), ..read() }));
    let again = limits(&output_of(Command { tree: Some(Kinship::Independent), ..read() }));
    assert_ne!(marked.0, own.0);
    assert_ne!(marked.0, again.0);
    assert_eq!(own_limits(), own);
}

#[test]
fn trees_that_end_with_this_process_have_another_mark_than_those_that_need_not() {
    let read = || command("/bin/cat", &["/proc/self/limits"]);
    let with = limits(&output_of(Command { tree: Some(Kinship::Dependent), ..read() }));
    let without = limits(&output_of(Command { tree: Some(Kinship::Independent), ..read() }));
    if own_limits().0 == "unlimited" {
        assert_ne!(with.1, without.1);
    }
    assert_ne!(with.0.parse::<u64>().unwrap() >> 26, without.0.parse::<u64>().unwrap() >> 26);
}

#[test]
fn it_stays_when_the_user_changes() {
    // SAFETY: asks.
    if unsafe { libc::geteuid() } != 0 {
        return;
    }
    let user = Some(61_235);
    let script = "echo pid $$; exec sleep 60";
    let grown = Grown::new(Command { uid: user, gid: user, ..tree(script, Kinship::Independent) });
    let member = &grown.members(1)[0];
    assert_eq!(grown.tree.signal(libc::SIGKILL, Until::Gone).signalled, 1);
    member.await_end();
    end_of(grown.child);
}

#[test]
fn a_child_leads_a_group_from_the_moment_it_is_there() {
    let mut child = super::support::spawn(Command { group: true, ..sh("exec sleep 60") });
    // SAFETY: numbers.
    assert_eq!(unsafe { libc::getpgid(child.pid()) }, child.pid());
    child.signal(libc::SIGKILL).unwrap();
    end_of(child);
}
