use super::support::{await_readable, c_string, command, end_of, env, output_of, sh, Folder};
use crate::command::{CStrings, Command, Stdio};
use crate::process::{Child, Spawned};

/// A child that has come as far as its program: its pid, session and process group.
fn session_of_child(detached: bool) -> (i32, i32, i32) {
    let stdio = vec![Stdio::Ignore, Stdio::Pipe, Stdio::Ignore];
    let Spawned { mut child, pipes } = Child::spawn(Command { stdio, detached, ..sh("echo up; exec sleep 60") }).unwrap();
    await_readable(&pipes[0]);
    let (session, group) = session_of(child.pid());
    let pid = child.pid();
    child.signal(libc::SIGKILL).unwrap();
    end_of(child);
    (pid, session, group)
}

/// Of this process for 0. Plain numbers: in a container, both can be 0 for what began outside.
fn session_of(pid: i32) -> (i32, i32) {
    // SAFETY: numbers only.
    unsafe { (libc::getsid(pid), libc::getpgid(pid)) }
}

#[test]
fn a_detached_child_leads_a_session_and_a_group_of_its_own() {
    let (pid, session, group) = session_of_child(true);
    assert_eq!((session, group), (pid, pid));
}

#[test]
fn any_other_child_stays_in_ours() {
    let (_, session, group) = session_of_child(false);
    assert_eq!((session, group), session_of(0));
}

#[test]
fn argv0_can_be_anything() {
    let argv = CStrings::new(["not the file", "-c", "echo \"$0\""]);
    assert_eq!(output_of(Command { argv, ..sh("") }), "not the file\n");
}

#[test]
fn the_environment_is_what_was_given_and_nothing_else() {
    let given = Command { env: env(&["ONE=1", "TWO=two words", "EMPTY="]), ..command("/usr/bin/env", &[]) };
    assert_eq!(output_of(given), "ONE=1\nTWO=two words\nEMPTY=\n");
    let none = Command { env: env(&[]), ..command("/usr/bin/env", &[]) };
    assert_eq!(output_of(none), "");
}

#[test]
fn without_one_it_is_this_processs() {
    let own = command("/usr/bin/env", &[]);
    let said = output_of(own);
    for (name, value) in std::env::vars() {
        assert!(said.contains(&format!("{name}={value}\n")), "{name}");
    }
}

#[test]
fn the_child_works_where_it_was_told_to() {
    let folder = Folder::new();
    let cwd = std::fs::canonicalize(folder.path("")).unwrap();
    let command = Command { cwd: Some(c_string(&folder.path(""))), ..sh("pwd -P") };
    assert_eq!(output_of(command), format!("{}\n", cwd.display()));
}
