use super::support::{command, in_time, refusal, sh};
use crate::command::{Command, Kinship, Stdio};
use crate::process::collect::{Bytes, Part};
use crate::process::{run_whole, Bounds, ExitStatus, RunError, WholeRun};
use std::time::{Duration, Instant};

fn unbounded() -> Bounds {
    Bounds { timeout: None, limits: Vec::new(), kill_signal: libc::SIGTERM, force_kill_after: None, drain: None }
}

const SOON: Option<Duration> = Some(Duration::from_millis(100));

fn piped(command: Command) -> Command {
    Command { stdio: vec![Stdio::Pipe; 3], ..command }
}

fn run(command: Command, input: &[u8], bounds: &Bounds) -> WholeRun {
    run_whole(piped(command), input, bounds).unwrap()
}

fn text(run: &WholeRun, fd: usize) -> &str {
    std::str::from_utf8(run.output[fd].as_ref().map(Bytes::as_slice).unwrap()).unwrap()
}

#[test]
fn input_goes_in_and_output_comes_out_with_its_order() {
    let last = Some(Part { stream: 1, length: 4 });
    let script = |pause: Duration| format!("cat; echo err >&2; sleep {}; echo out; exit 3", pause.as_secs_f64());
    let result = in_time(|pause| run(sh(&script(pause)), b"in", &unbounded()), |result| result.order.last() == last.as_ref());
    assert_eq!(result.status, ExitStatus::Code(3));
    assert!(result.output[0].is_none());
    assert_eq!((text(&result, 1), text(&result, 2)), ("inout\n", "err\n"));
    assert_eq!(result.order.iter().filter(|part| part.stream == 1).map(|part| part.length).sum::<usize>(), 6);
    assert_eq!(result.order.last(), last.as_ref());
    assert!(result.usage.minor_page_faults > 0);
}

#[test]
fn what_takes_too_long_gets_its_signal_and_then_sigkill() {
    let bounds = Bounds { timeout: SOON, force_kill_after: Some(Duration::from_secs(20)), ..unbounded() };
    let result = run(command("/bin/sleep", &["60"]), b"", &bounds);
    assert_eq!((result.status, result.timed_out, result.forced), (ExitStatus::Signal(libc::SIGTERM), true, false));
    let deaf = |timeout| {
        let bounds = Bounds { timeout: Some(timeout), force_kill_after: SOON, ..unbounded() };
        run(sh("trap '' TERM; echo up; while :; do sleep 0.01; done"), b"", &bounds)
    };
    let result = in_time(deaf, |result| text(result, 1) == "up\n");
    assert_eq!((result.status, result.timed_out, result.forced), (ExitStatus::Signal(libc::SIGKILL), true, true));
}

#[test]
fn a_limit_is_per_descriptor_and_keeps_the_head() {
    let bounds = Bounds { limits: vec![0, 10, 1000], ..unbounded() };
    let result = run(sh("echo error >&2; exec yes"), b"", &bounds);
    assert_eq!((result.status, result.overflow), (ExitStatus::Signal(libc::SIGTERM), Some(1)));
    assert_eq!((text(&result, 1), text(&result, 2)), ("y\ny\ny\ny\ny\n", "error\n"));
}

#[test]
fn pipes_that_a_grandchild_keeps_are_given_up() {
    let bounds = Bounds { drain: SOON, ..unbounded() };
    let result = run(sh("sleep 60 2>&- & echo $!"), b"", &bounds);
    // SAFETY: a process that this test started, and that still runs.
    unsafe { libc::kill(text(&result, 1).trim().parse().unwrap(), libc::SIGKILL) };
    assert_eq!((result.status, result.held_open), (ExitStatus::Code(0), vec![1]));
}

#[test]
fn what_comes_within_the_drain_is_waited_for_again() {
    let bounds = Bounds { drain: Some(Duration::from_secs(20)), ..unbounded() };
    let result = run(sh("(sleep 0.2; echo late) & echo early"), b"", &bounds);
    assert_eq!((text(&result, 1), result.held_open.len()), ("early\nlate\n", 0));
}

#[test]
fn the_whole_tree_is_ended() {
    let tree = || Command { tree: Some(Kinship::Dependent), ..sh("(trap '' TERM; sleep 60 & wait; sleep 60) & echo $!; wait") };
    let ended = |timeout| {
        let started = Instant::now();
        let result = run(tree(), b"", &Bounds { timeout: Some(timeout), force_kill_after: SOON, drain: SOON, ..unbounded() });
        assert!(started.elapsed() < timeout + Duration::from_secs(20));
        result
    };
    let result = in_time(ended, |result| !text(result, 1).is_empty());
    assert!(result.timed_out && result.tree.is_some());
    // SAFETY: signal 0 only asks.
    let gone = unsafe { libc::kill(text(&result, 1).trim().parse().unwrap(), 0) } != 0 || is_zombie(text(&result, 1).trim());
    assert!(gone);
}

/// Until init has waited for it.
fn is_zombie(pid: &str) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat")).map_or(true, |stat| stat.rsplit(')').next().unwrap().starts_with(" Z"))
}

#[test]
fn input_that_nobody_reads_is_no_error() {
    let result = run(sh("exec 0<&-; exit 5"), &vec![0; 4 << 20], &unbounded());
    assert_eq!(result.status, ExitStatus::Code(5));
}

#[test]
fn what_cannot_start_says_what_spawn_says() {
    let missing = || piped(command("/no/such/program", &[]));
    assert_eq!(run_whole(missing(), b"", &unbounded()).err(), Some(RunError::NotStarted(refusal(missing()))));
}
