//! Trees without a mark, as on macOS.

use super::support::end_of;
use super::trees::{tree, Grown};
use crate::command::{Command, Kinship};
use crate::process::tree::group;
use crate::process::tree::{Mechanism, Report, Until};
use crate::process::{End, ExitStatus, Tree};
use std::time::Duration;

/// A tree that is remembered as if there were no marks.
fn grown(script: &str, detached: bool) -> Grown {
    let grown = Grown::new(Command { detached, ..tree(script, Kinship::Independent) });
    group::remember(grown.tree, grown.child.pid());
    grown
}

fn signal(tree: Tree, number: i32, until: Until) -> Report {
    let mut report = Report::new(Mechanism::Group);
    group::signal(tree, number, until, &mut report).unwrap();
    report
}

#[test]
fn descendants_are_found_whatever_their_session() {
    let grown = grown("setsid sh -c 'echo pid $$; exec sleep 60' & echo pid $$; wait", false);
    grown.pids(2);
    let report = signal(grown.tree, libc::SIGKILL, Until::Gone);
    assert_eq!((report.signalled, report.left), (2, vec![]));
    assert_eq!(end_of(grown.child), End::Exited(ExitStatus::Signal(libc::SIGKILL)));
}

#[test]
fn who_has_lost_its_parents_is_found_by_its_group() {
    let grown = grown("(sh -c 'echo pid $$; exec sleep 60' &); exit 0", true);
    grown.pids(1);
    assert_eq!(end_of(grown.child), End::Exited(ExitStatus::Code(0)));
    assert_eq!(group::wait(grown.tree, None, Some(Duration::from_millis(10))), Ok(false));
    assert_eq!(signal(grown.tree, libc::SIGTERM, Until::Sent { except: 0 }).signalled, 1);
    assert_eq!(group::wait(grown.tree, None, None), Ok(true));
}

#[test]
fn who_was_stopped_ends_as_well() {
    let grown = grown("sh -c 'echo pid $$; kill -STOP $$; :' & wait", false);
    grown.pids(1);
    assert_eq!(signal(grown.tree, libc::SIGSTOP, Until::Still).left, []);
    assert_eq!(signal(grown.tree, libc::SIGKILL, Until::Gone).left, []);
    end_of(grown.child);
}

#[test]
fn a_tree_that_nobody_remembers_is_empty() {
    let unknown = Tree::from_number(1_000_000).unwrap();
    assert_eq!(signal(unknown, libc::SIGKILL, Until::Gone).signalled, 0);
    assert_eq!(group::wait(unknown, None, None), Ok(true));
}
