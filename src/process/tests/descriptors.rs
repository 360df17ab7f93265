use super::support::{alone, contents, end_of, read_to_end, sh, spawn, status_of, Folder};
use crate::command::{Command, Stdio};
use crate::process::{Child, End, ExitStatus, Spawned};
use rustix::fs::{fcntl_getfl, OFlags};
use std::fs::File;
use std::os::fd::AsRawFd;

#[test]
fn descriptors_above_2_are_pipes_files_or_not_there() {
    let folder = Folder::new();
    let file = File::create(folder.path("five")).unwrap();
    let stdio = vec![Stdio::Ignore, Stdio::Ignore, Stdio::Ignore, Stdio::Pipe, Stdio::Ignore, Stdio::Inherit(file.as_raw_fd())];
    let script = "echo three >&3; echo five >&5; (: >&4) 2>/dev/null && exit 1; exit 0";
    let Spawned { child, mut pipes } = Child::spawn(Command { stdio, ..sh(script) }).unwrap();
    assert_eq!(read_to_end(pipes.pop().unwrap()), "three\n");
    assert_eq!(end_of(child), End::Exited(ExitStatus::Code(0)));
    assert_eq!(contents(folder.path("five")), "five\n");
}

#[test]
fn one_descriptor_can_be_several_of_the_childs() {
    let folder = Folder::new();
    let file = File::create(folder.path("both")).unwrap();
    let same = Stdio::Inherit(file.as_raw_fd());
    let command = Command { stdio: vec![Stdio::Ignore, same, same], ..sh("echo out; echo err >&2") };
    assert_eq!(status_of(command), ExitStatus::Code(0));
    assert_eq!(contents(folder.path("both")), "out\nerr\n");
}

/// As when stdout and stderr change places: each source is what another would overwrite. Alone, for low numbers: sh knows one digit.
#[test]
fn descriptors_can_change_places() {
    alone("descriptors::descriptors_can_change_places", || {
        let folder = Folder::new();
        let (a, b) = (File::create(folder.path("a")).unwrap(), File::create(folder.path("b")).unwrap());
        let (low, high) = (a.as_raw_fd(), b.as_raw_fd());
        assert!(low < high && high < 10);
        let mut stdio = vec![Stdio::Ignore; high as usize + 1];
        stdio[low as usize] = Stdio::Inherit(high);
        stdio[high as usize] = Stdio::Inherit(low);
        stdio[1] = Stdio::Inherit(high);
        let script = format!("echo low >&{low}; echo high >&{high}; echo one");
        assert_eq!(status_of(Command { stdio, ..sh(&script) }), ExitStatus::Code(0));
        assert_eq!(contents(folder.path("a")), "high\n");
        assert_eq!(contents(folder.path("b")), "low\none\n");
    });
}

#[test]
fn a_descriptor_that_keeps_its_number_is_there_after_exec() {
    alone("descriptors::a_descriptor_that_keeps_its_number_is_there_after_exec", || {
        let folder = Folder::new();
        let file = File::create(folder.path("same")).unwrap();
        let fd = file.as_raw_fd();
        let mut stdio = vec![Stdio::Ignore; fd as usize];
        stdio.push(Stdio::Inherit(fd));
        assert_eq!(status_of(Command { stdio, ..sh(&format!("echo kept >&{fd}")) }), ExitStatus::Code(0));
        assert_eq!(contents(folder.path("same")), "kept\n");
    });
}

#[test]
fn standard_descriptors_wait_even_where_this_process_did_not() {
    let (ours, theirs) = std::os::unix::net::UnixStream::pair().unwrap();
    theirs.set_nonblocking(true).unwrap();
    let stdio = vec![Stdio::Ignore, Stdio::Inherit(theirs.as_raw_fd()), Stdio::Ignore];
    end_of(spawn(Command { stdio, ..sh("exit 0") }));
    assert!(!fcntl_getfl(&theirs).unwrap().contains(OFlags::NONBLOCK));
    drop(ours);
}
