//! A child with a terminal.

use super::support::{end_of, sh};
use crate::command::{Command, Stdio};
use crate::process::{pty, Child, End, ExitStatus};
use rustix::io::Errno;
use std::os::fd::{AsRawFd, OwnedFd};

fn start(script: &str) -> (Child, OwnedFd) {
    let (ours, theirs) = pty::open(pty::size(80, 24)).unwrap();
    let stdio = vec![Stdio::Inherit(theirs.as_raw_fd()); 3];
    let child = Child::spawn(Command { stdio, detached: true, terminal: true, ..sh(script) }).unwrap().child;
    (child, ours)
}

/// Until the last one on the other end has closed it: EIO on Linux, an end elsewhere.
fn said(ours: &OwnedFd) -> String {
    let mut said = Vec::new();
    loop {
        let mut buffer = [0; 1024];
        super::support::await_readable(ours);
        match rustix::io::read(ours, &mut buffer[..]) {
            Ok(0) | Err(Errno::IO) => return String::from_utf8(said).unwrap(),
            result => said.extend(&buffer[..result.unwrap()]),
        }
    }
}

#[test]
fn it_is_the_childs_controlling_terminal() {
    let (child, ours) = start("test -t 0 && test -t 1 && echo here > /dev/tty");
    assert_eq!(said(&ours), "here\r\n");
    assert_eq!(end_of(child), End::Exited(ExitStatus::Code(0)));
}

#[test]
fn it_has_a_size_that_can_change() {
    let (child, ours) = start("stty size; read line; stty size");
    let mut first = [0; 64];
    super::support::await_readable(&ours);
    let length = rustix::io::read(&ours, &mut first[..]).unwrap();
    assert_eq!(&first[..length], b"24 80\r\n");
    pty::resize(&ours, pty::size(132, 43)).unwrap();
    rustix::io::write(&ours, b"\n").unwrap();
    assert_eq!(said(&ours), "\r\n43 132\r\n");
    assert_eq!(end_of(child), End::Exited(ExitStatus::Code(0)));
}

#[test]
fn closing_our_end_hangs_up() {
    let (child, ours) = start("echo up; exec sleep 60");
    super::support::await_readable(&ours);
    drop(ours);
    assert_eq!(end_of(child), End::Exited(ExitStatus::Signal(libc::SIGHUP)));
}
