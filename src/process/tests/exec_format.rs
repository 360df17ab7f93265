//! What only exec finds out.

use super::support::{command, end_of, output_of, refusal, spawn, status_of, Folder};
use crate::process::{End, ExitStatus, SpawnError, Step};
use rustix::io::Errno;

#[test]
fn an_executable_of_no_known_format_is_run_by_sh_as_execvp_does() {
    let folder = Folder::new();
    let script = folder.file("script", "echo \"$0 $1 $2\"\n", 0o755);
    assert_eq!(output_of(command(&script, &["one", "two words"])), format!("{script} one two words\n"));
    let empty = folder.file("empty", "", 0o755);
    assert_eq!(status_of(command(&empty, &[])), ExitStatus::Code(0));
}

#[test]
fn an_interpreter_that_is_no_program_is_the_childs_end() {
    let folder = Folder::new();
    let script = folder.file("script", &format!("#!{}\n", folder.path("")), 0o755);
    let mut child = spawn(command(&script, &[]));
    super::support::await_readable(&child);
    let error = SpawnError { step: Step::Exec, errno: Errno::ACCESS };
    assert_eq!(child.try_wait(), Ok(Some(End::NotStarted(error))));
    assert_eq!(child.failure(), Some(error));
}

#[test]
fn a_later_entry_of_path_is_tried_when_exec_refuses_the_first() {
    let folder = Folder::new();
    folder.file("first/tool", &format!("#!{}\n", folder.path("")), 0o755);
    folder.file("second/tool", "#!/bin/sh\necho second\n", 0o755);
    let mut tool = command("tool", &[]);
    tool.env = super::support::env(&[&format!("PATH={}:{}", folder.path("first"), folder.path("second"))]);
    assert_eq!(output_of(tool), "second\n");
}

#[test]
fn the_longest_argument_is_the_one_the_kernel_takes() {
    let longest = 32 * rustix::param::page_size() - 1;
    let args = |length| "x".repeat(length);
    assert_eq!(end_of(spawn(command("/bin/true", &[&args(longest)]))), End::Exited(ExitStatus::Code(0)));
    assert_eq!(refusal(command("/bin/true", &[&args(longest + 1)])).errno, Errno::TOOBIG);
}
