//! No descriptor is left behind, however a start ends. Alone in a process: other tests open and close all the time.

use super::support::{alone, c_string, command, end_of, refusal, sh, spawn, Folder};
use crate::command::{Command, Stdio};
use crate::process::Child;
use rustix::io::Errno;
use rustix::process::{getrlimit, setrlimit, Resource, Rlimit};

fn open_descriptors() -> usize {
    // One of them is the one that reads the folder; so it is each time.
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

fn piped(command: Command) -> Command {
    Command { stdio: vec![Stdio::Pipe; 5], ..command }
}

#[test]
fn a_refused_start_leaves_nothing_open() {
    alone("leaks::a_refused_start_leaves_nothing_open", || {
        let folder = Folder::new();
        let plain = folder.file("plain", "", 0o644);
        let long = "x".repeat(200_000);
        let refused = || {
            vec![
                piped(command("/no/such/program", &[])),
                piped(command(&plain, &[])),
                piped(command("/bin/echo", &[&long])),
                piped(Command { cwd: Some(c_string(&plain)), ..sh("exit 0") }),
                piped(Command { uid: Some(u32::MAX), ..sh("exit 0") }),
                Command { stdio: vec![Stdio::Pipe, Stdio::Pipe, Stdio::Inherit(100_000)], ..sh("exit 0") },
            ]
        };
        let before = open_descriptors();
        for _ in 0..3 {
            for command in refused() {
                refusal(command);
            }
        }
        assert_eq!(open_descriptors(), before);
    });
}

#[test]
fn an_ended_child_leaves_nothing_open() {
    alone("leaks::an_ended_child_leaves_nothing_open", || {
        let folder = Folder::new();
        let late = folder.file("late", &format!("#!{}\n", folder.path("")), 0o755);
        let before = open_descriptors();
        for _ in 0..3 {
            end_of(spawn(piped(sh("exit 0"))));
            end_of(spawn(piped(Command { cwd: Some(c_string("/")), ..sh("exit 0") })));
            end_of(spawn(piped(command(&late, &[]))));
        }
        assert_eq!(open_descriptors(), before);
    });
}

#[test]
fn out_of_descriptors_is_an_error_and_the_next_start_works() {
    alone("leaks::out_of_descriptors_is_an_error_and_the_next_start_works", || {
        let before = open_descriptors();
        let limits = getrlimit(Resource::Nofile);
        // One more each time: whatever a start opens runs out once.
        let mut refusals = 0;
        let child = loop {
            setrlimit(Resource::Nofile, Rlimit { current: Some(refusals), ..limits }).unwrap();
            let result = Child::spawn(piped(sh("exit 0")));
            setrlimit(Resource::Nofile, limits).unwrap();
            match result {
                Ok(spawned) => break spawned.child,
                Err(error) => assert_eq!(error.errno, Errno::MFILE),
            }
            assert_eq!(open_descriptors(), before);
            refusals += 1;
        };
        assert!(refusals > 10, "ten ends of sockets and a pidfd are needed, so there was room too early");
        end_of(child);
        end_of(spawn(piped(sh("exit 0"))));
        assert_eq!(open_descriptors(), before);
    });
}
