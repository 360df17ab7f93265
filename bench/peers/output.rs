//! Collects what a program writes with the standard library's `Command::output`, and prints as JSON how long that took (ms), how fast it
//! was (MB/s) and what this process needed at most, as a multiple of the output.
//!
//! usage: output PROGRAM [ARGUMENT...]

use std::process::{Command, Stdio};
use std::time::Instant;

fn peak() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<f64>().ok()? * 1024.0)
}

fn main() {
    let mut arguments = std::env::args_os().skip(1);
    let program = arguments.next().expect("usage: output PROGRAM [ARGUMENT...]");
    let begin = Instant::now();
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output().expect("the program cannot be started");
    let seconds = begin.elapsed().as_secs_f64();
    assert!(output.status.success(), "{}", output.status);
    let bytes = output.stdout.len() as f64;
    println!("{{\"wall\":{},\"rate\":{},\"peak\":{}}}", seconds * 1e3, bytes / 1e6 / seconds, peak().unwrap_or(f64::NAN) / bytes);
}
