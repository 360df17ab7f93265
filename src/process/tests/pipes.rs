use super::support::{command, end_of, read_to_end, sh, spawn};
use crate::command::{Command, Stdio};
use crate::process::{Child, End, ExitStatus, Spawned};
use rustix::io::{fcntl_getfd, write, FdFlags};

fn piped(command: Command, stdio: [Stdio; 3]) -> Spawned {
    Child::spawn(Command { stdio: stdio.to_vec(), ..command }).unwrap()
}

#[test]
fn each_standard_descriptor_can_be_a_pipe_of_its_own() {
    let Spawned { child, mut pipes } = piped(sh("read line; echo \"out $line\"; echo \"err $line\" >&2"), [Stdio::Pipe; 3]);
    let (err, out, input) = (pipes.pop().unwrap(), pipes.pop().unwrap(), pipes.pop().unwrap());
    write(&input, b"hello\n").unwrap();
    assert_eq!(read_to_end(out), "out hello\n");
    assert_eq!(read_to_end(err), "err hello\n");
    assert_eq!(end_of(child), End::Exited(ExitStatus::Code(0)));
}

#[test]
fn ignored_descriptors_are_at_their_end_and_take_everything() {
    assert_eq!(end_of(spawn(sh("read line && exit 1; echo lost && echo lost >&2"))), End::Exited(ExitStatus::Code(0)));
}

#[test]
fn no_other_child_holds_a_pipe_open() {
    let Spawned { child: cat, pipes: input } = piped(command("/bin/cat", &[]), [Stdio::Pipe, Stdio::Ignore, Stdio::Ignore]);
    let mut bystander = spawn(command("/bin/sleep", &["60"]));
    for end in &input {
        assert!(fcntl_getfd(end).unwrap().contains(FdFlags::CLOEXEC));
    }
    drop(input);
    assert_eq!(end_of(cat), End::Exited(ExitStatus::Code(0)));
    assert_eq!(bystander.try_wait(), Ok(None));
    bystander.signal(libc::SIGKILL).unwrap();
    end_of(bystander);
}
