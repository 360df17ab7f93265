//! Limits, nice and CPUs of a child: they are its own before its program runs, and this process keeps what it has.

use super::support::{alone, command, end_of, output_of, read_to_end, refusal, sh, spawn, status_of};
use crate::command::{Command, Limits, Resource, ResourceLimit, Stdio, UNLIMITED};
use crate::process::{Child, End, ExitStatus, SpawnError, Spawned, Step};
use rustix::io::Errno;

const NOBODY: u32 = 65534;

fn both(resource: Resource, amount: u64) -> ResourceLimit {
    ResourceLimit { resource, soft: amount, hard: Some(amount) }
}

fn limited(resources: &[ResourceLimit], command: Command) -> Command {
    Command { limits: Limits { resources: resources.to_vec(), ..Limits::default() }, ..command }
}

fn nice(nice: i32, command: Command) -> Command {
    Command { limits: Limits { nice: Some(nice), ..Limits::default() }, ..command }
}

fn on_cpus(cpus: &[u32], command: Command) -> Command {
    Command { limits: Limits { cpus: cpus.to_vec(), ..Limits::default() }, ..command }
}

fn own_limits() -> String {
    std::fs::read_to_string("/proc/self/limits").unwrap()
}

fn own_nice() -> i32 {
    // SAFETY: a number; it cannot fail for this thread.
    unsafe { libc::getpriority(libc::PRIO_PROCESS, 0) }
}

fn own_cpus() -> Vec<u32> {
    let set = rustix::thread::sched_getaffinity(None).unwrap();
    (0..1024).filter(|cpu| set.is_set(*cpu as usize)).collect()
}

/// From /proc/self/limits of a child: `soft hard` of the line that begins with `name`.
fn line_of(name: &str, text: &str) -> String {
    let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("no line {name} in {text}"));
    line[name.len()..].split_whitespace().take(2).collect::<Vec<_>>().join(" ")
}

#[test]
fn every_limit_is_the_childs_and_none_is_this_processs() {
    alone("limits::every_limit_is_the_childs_and_none_is_this_processs", || {
        let before = own_limits();
        let limits = [
            both(Resource::AddressSpace, 1 << 33),
            both(Resource::CoreSize, 0),
            ResourceLimit { resource: Resource::CpuTime, soft: 100, hard: Some(101) },
            both(Resource::DataSize, 1 << 32),
            both(Resource::FileSize, 1 << 20),
            both(Resource::LockedMemory, 4096),
            both(Resource::OpenFiles, 33),
            both(Resource::Processes, 12345),
            both(Resource::StackSize, 4 << 20),
        ];
        let text = output_of(limited(&limits, command("/bin/cat", &["/proc/self/limits"])));
        let expected = [
            ("Max address space", "8589934592 8589934592"),
            ("Max core file size", "0 0"),
            ("Max cpu time", "100 101"),
            ("Max data size", "4294967296 4294967296"),
            ("Max file size", "1048576 1048576"),
            ("Max locked memory", "4096 4096"),
            ("Max open files", "33 33"),
            ("Max processes", "12345 12345"),
            ("Max stack size", "4194304 4194304"),
        ];
        for (name, limit) in expected {
            assert_eq!(line_of(name, &text), limit, "{name}");
        }
        assert_eq!(own_limits(), before);
    });
}

#[test]
fn a_hard_limit_that_is_not_named_stays() {
    let own = line_of("Max open files", &own_limits());
    let hard = own.split(' ').nth(1).unwrap();
    let soft = ResourceLimit { resource: Resource::OpenFiles, soft: 32, hard: None };
    let text = output_of(limited(&[soft], command("/bin/cat", &["/proc/self/limits"])));
    assert_eq!(line_of("Max open files", &text), format!("32 {hard}"));
}

#[test]
fn who_uses_too_much_cpu_time_is_ended() {
    let limit = ResourceLimit { resource: Resource::CpuTime, soft: 1, hard: Some(2) };
    assert_eq!(status_of(limited(&[limit], sh("while :; do :; done"))), ExitStatus::Signal(libc::SIGXCPU));
}

#[test]
fn a_limit_on_open_files_leaves_it_those_that_it_is_started_with() {
    let mut limited = limited(&[both(Resource::OpenFiles, 6)], sh("test -e /proc/self/fd/8 && ulimit -n"));
    limited.stdio = vec![Stdio::Ignore, Stdio::Pipe, Stdio::Ignore];
    limited.stdio.resize(8, Stdio::Ignore);
    limited.stdio.push(Stdio::Pipe);
    let Spawned { child, pipes } = Child::spawn(limited).unwrap();
    assert_eq!(pipes.into_iter().map(read_to_end).collect::<String>(), "6\n");
    assert_eq!(end_of(child), End::Exited(ExitStatus::Code(0)));
}

#[test]
fn it_is_as_nice_as_asked_and_this_process_as_before() {
    let before = own_nice();
    let wanted = before.max(0) + 7;
    assert_eq!(output_of(nice(wanted, sh("nice"))).trim(), wanted.min(19).to_string());
    assert_eq!(own_nice(), before);
}

#[test]
fn it_runs_on_the_cpus_it_is_given_and_this_thread_where_it_ran() {
    let before = own_cpus();
    let one = *before.last().unwrap();
    let text = output_of(on_cpus(&[one], sh("grep Cpus_allowed_list /proc/self/status")));
    assert_eq!(text.split_whitespace().last(), Some(one.to_string().as_str()));
    assert_eq!(own_cpus(), before);
}

#[test]
fn what_only_the_child_can_find_out_is_its_end() {
    let error = SpawnError { step: Step::Limits, errno: Errno::INVAL };
    assert_eq!(end_of(spawn(on_cpus(&[8191], sh("exit 0")))), End::NotStarted(error));
}

#[test]
fn what_makes_no_sense_is_refused_before_anything_is_started() {
    let invalid = SpawnError { step: Step::Limits, errno: Errno::INVAL };
    let soft_above_hard = ResourceLimit { resource: Resource::OpenFiles, soft: 64, hard: Some(32) };
    assert_eq!(refusal(limited(&[soft_above_hard], sh("exit 0"))), invalid);
    assert_eq!(refusal(nice(20, sh("exit 0"))), invalid);
    assert_eq!(refusal(on_cpus(&[8192], sh("exit 0"))), invalid);
}

#[test]
fn what_it_may_not_be_given_is_refused_before_anything_is_started() {
    // Alone: privileges are given up here.
    alone("limits::what_it_may_not_be_given_is_refused_before_anything_is_started", || {
        let own = libc::rlimit { rlim_cur: 100, rlim_max: 100 };
        // SAFETY: one valid limit, numbers. The raw call is for this thread only.
        unsafe {
            assert_eq!(libc::setrlimit(libc::RLIMIT_NOFILE, &own), 0);
            libc::syscall(libc::SYS_setresuid, -1, NOBODY, -1);
        }
        let forbidden = SpawnError { step: Step::Limits, errno: Errno::PERM };
        assert_eq!(refusal(limited(&[both(Resource::OpenFiles, 101)], sh("exit 0"))), forbidden);
        assert_eq!(refusal(limited(&[both(Resource::OpenFiles, UNLIMITED)], sh("exit 0"))), forbidden);
        assert_eq!(refusal(nice(-1, sh("exit 0"))), forbidden);
        assert_eq!(status_of(limited(&[both(Resource::OpenFiles, 100)], nice(19, sh("exit 0")))), ExitStatus::Code(0));
    });
}

#[test]
fn they_are_set_with_the_privileges_that_the_child_gives_up() {
    if !rustix::process::geteuid().is_root() {
        eprintln!("skipped: only root can give a child another uid");
        return;
    }
    let child = Command { uid: Some(NOBODY), gid: Some(NOBODY), ..nice(-3, sh("nice; id -u")) };
    assert_eq!(output_of(child), "-3\n65534\n");
}
