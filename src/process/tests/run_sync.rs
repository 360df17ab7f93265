use super::support::{command, in_time, refusal, sh};
use crate::command::{Command, Stdio};
use crate::process::{run_sync, ExitStatus, Limits, RunError, SyncResult};
use rustix::io::Errno;
use std::time::{Duration, Instant};

const NONE: Limits = Limits { timeout: None, max_buffer: None, kill_signal: libc::SIGTERM };

fn piped(command: Command) -> Command {
    Command { stdio: vec![Stdio::Pipe; 3], ..command }
}

fn run(command: Command, input: &[u8], limits: &Limits) -> SyncResult {
    run_sync(command, input, limits).unwrap()
}

#[test]
fn input_goes_in_and_each_output_comes_out() {
    let result = run(piped(sh("cat; echo err >&2; exit 3")), b"hello", &NONE);
    assert_eq!(result.status, ExitStatus::Code(3));
    assert_eq!(result.output, [None, Some(b"hello".to_vec()), Some(b"err\n".to_vec())]);
    assert_eq!(result.error, None);
    assert!(result.pid > 0);
}

#[test]
fn more_than_any_buffer_goes_both_ways_at_once() {
    let input: Vec<u8> = (0..4 << 20).map(|byte: u32| (byte % 251) as u8).collect();
    let result = run(piped(command("/bin/cat", &[])), &input, &NONE);
    assert_eq!(result.status, ExitStatus::Code(0));
    assert!(result.output[1].as_deref() == Some(&input[..]));
}

#[test]
fn what_takes_too_long_is_ended() {
    let started = Instant::now();
    let limits = Limits { timeout: Some(Duration::from_millis(100)), ..NONE };
    let result = run(piped(command("/bin/sleep", &["60"])), b"", &limits);
    assert_eq!((result.status, result.error), (ExitStatus::Signal(libc::SIGTERM), Some(Errno::TIMEDOUT)));
    assert!(started.elapsed() >= Duration::from_millis(100) && started.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_grandchild_that_keeps_the_pipes_does_not_keep_us_past_the_timeout() {
    let ended = |timeout| {
        let limits = Limits { timeout: Some(timeout), kill_signal: libc::SIGKILL, ..NONE };
        run(piped(sh("sleep 20 & echo $!; exit 0")), b"", &limits)
    };
    let result = in_time(ended, |result| result.status == ExitStatus::Code(0));
    let said = String::from_utf8(result.output[1].clone().unwrap()).unwrap();
    // SAFETY: a process that this test started, and that still runs.
    unsafe { libc::kill(said.trim().parse().unwrap(), libc::SIGKILL) };
    assert_eq!((result.status, result.error), (ExitStatus::Code(0), Some(Errno::TIMEDOUT)));
}

#[test]
fn too_much_output_is_cut_and_ends_the_child() {
    let limits = Limits { max_buffer: Some(100), ..NONE };
    // Deaf to SIGPIPE: on its way out of a blocked write it could get both, and the kernel would deliver that one first.
    let result = run(piped(sh("trap '' PIPE; while :; do echo much; done 2>/dev/null")), b"", &limits);
    assert_eq!((result.status, result.error), (ExitStatus::Signal(libc::SIGTERM), Some(Errno::NOBUFS)));
    assert!(result.output[1].as_ref().is_some_and(|bytes| bytes.len() > 100));
}

#[test]
fn input_that_nobody_reads_is_a_broken_pipe_and_no_signal() {
    let result = run(piped(sh("exec 0<&-; exit 5")), &vec![0; 4 << 20], &NONE);
    assert_eq!((result.status, result.error), (ExitStatus::Code(5), Some(Errno::PIPE)));
}

#[test]
fn a_signal_that_does_not_exist_still_ends_the_child() {
    let limits = Limits { timeout: Some(Duration::from_millis(50)), kill_signal: 1000, ..NONE };
    let result = run(piped(command("/bin/sleep", &["60"])), b"", &limits);
    assert_eq!((result.status, result.error), (ExitStatus::Signal(libc::SIGKILL), Some(Errno::INVAL)));
}

#[test]
fn what_cannot_start_says_what_spawn_says() {
    let missing = || piped(command("/no/such/program", &[]));
    let expected = RunError::NotStarted(refusal(missing()));
    assert_eq!(run_sync(missing(), b"input", &NONE).err(), Some(expected));
}
