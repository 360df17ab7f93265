use super::support::{c_string, command, env, output_of, refusal, Folder};
use crate::command::Command;
use crate::process::Step;
use rustix::io::Errno;

const SAYS_WHERE: &str = "#!/bin/sh\necho \"$0\"\n";

fn tool(path: &str) -> Command {
    Command { env: env(&[&format!("PATH={path}")]), ..command("tool", &[]) }
}

#[test]
fn the_first_executable_in_path_wins_and_others_are_passed_over() {
    let folder = Folder::new();
    folder.file("denied/tool", SAYS_WHERE, 0o644);
    folder.file("notdir", "", 0o644);
    let hit = folder.file("hit/tool", SAYS_WHERE, 0o755);
    folder.file("late/tool", "#!/bin/sh\nexit 9\n", 0o755);
    let path = ["missing", "denied", "notdir", "hit", "late"].map(|name| folder.path(name)).join(":");
    assert_eq!(output_of(tool(&path)), format!("{hit}\n"));
}

#[test]
fn what_was_denied_is_reported_before_what_is_missing() {
    let folder = Folder::new();
    folder.file("denied/tool", SAYS_WHERE, 0o644);
    let path = ["denied", "missing"].map(|name| folder.path(name)).join(":");
    assert_eq!(refusal(tool(&path)).errno, Errno::ACCESS);
    assert_eq!(refusal(tool(&folder.path("missing"))).errno, Errno::NOENT);
}

#[test]
fn an_empty_entry_is_the_childs_directory() {
    let folder = Folder::new();
    folder.file("tool", SAYS_WHERE, 0o755);
    let cwd = Some(c_string(&folder.path("")));
    for path in ["", ":/nowhere", "/nowhere:", "/nowhere::/nowhere"] {
        assert_eq!(output_of(Command { cwd: cwd.clone(), ..tool(path) }), "tool\n", "PATH={path}");
    }
}

#[test]
fn a_relative_file_is_looked_for_from_the_childs_directory() {
    let folder = Folder::new();
    folder.file("bin/tool", SAYS_WHERE, 0o755);
    let cwd = Some(c_string(&folder.path("bin")));
    assert_eq!(output_of(Command { cwd: cwd.clone(), ..command("./tool", &[]) }), "./tool\n");
    assert_eq!(refusal(Command { cwd, ..command("bin/tool", &[]) }).errno, Errno::NOENT);
}

#[test]
fn without_path_there_is_a_default_one() {
    let command = Command { env: env(&["A=b"]), ..command("env", &[]) };
    assert!(output_of(command).contains("A=b\n"));
}

#[test]
fn what_is_no_program_is_refused_at_once() {
    let folder = Folder::new();
    assert_eq!(refusal(command("", &[])).errno, Errno::NOENT);
    assert_eq!(refusal(command(&folder.path("missing"), &[])).errno, Errno::NOENT);
    assert_eq!(refusal(command(&folder.path(""), &[])).errno, Errno::ACCESS);
    assert_eq!(refusal(command(&folder.file("plain", "", 0o644), &[])).errno, Errno::ACCESS);
    assert_eq!(refusal(command(&folder.file("file/below", "", 0o644), &[])).errno, Errno::ACCESS);
    assert_eq!(refusal(command(&(folder.path("plain") + "/below"), &[])).errno, Errno::NOTDIR);
    assert_eq!(refusal(command(&"x".repeat(256), &[])).errno, Errno::NAMETOOLONG);
    assert_eq!(refusal(command("procs-no-such-program", &[])).step, Step::Lookup);
}

#[test]
fn a_script_whose_interpreter_is_missing_is_not_found() {
    let folder = Folder::new();
    let script = folder.file("script", "#!/no/such/interpreter\n", 0o755);
    assert_eq!(refusal(command(&script, &[])).errno, Errno::NOENT);
}
