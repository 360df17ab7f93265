use super::support::{c_string, command, refusal, sh, status_of, Folder};
use crate::command::{Command, Stdio};
use crate::process::{ExitStatus, SpawnError, Step};
use rustix::io::Errno;

#[test]
fn a_directory_that_cannot_be_entered() {
    let folder = Folder::new();
    let at = |cwd: String| refusal(Command { cwd: Some(c_string(&cwd)), ..sh("exit 0") });
    assert_eq!(at(folder.path("missing")), SpawnError { step: Step::Cwd, errno: Errno::NOENT });
    assert_eq!(at(folder.file("file", "", 0o644)), SpawnError { step: Step::Cwd, errno: Errno::NOTDIR });
}

#[test]
fn a_descriptor_that_is_not_open() {
    let stdio = vec![Stdio::Ignore, Stdio::Inherit(100_000), Stdio::Pipe];
    assert_eq!(refusal(Command { stdio, ..sh("exit 0") }), SpawnError { step: Step::Stdio, errno: Errno::BADF });
}

#[test]
fn an_argument_list_that_is_too_long() {
    let long = "x".repeat(100_000);
    let args = vec![long.as_str(); 100];
    let error = refusal(command("/bin/echo", &args));
    assert_eq!((error.step, error.errno), (Step::Exec, Errno::TOOBIG));
    assert_eq!(status_of(command("/bin/echo", &args[..3])), ExitStatus::Code(0));
}

#[test]
fn the_next_start_works() {
    for _ in 0..10 {
        refusal(command("/no/such/program", &[]));
        assert_eq!(status_of(sh("exit 0")), ExitStatus::Code(0));
    }
}
