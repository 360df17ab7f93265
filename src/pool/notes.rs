//! What JavaScript is told of a pool, as JSON: `TaskEnd` and `PoolNote` of js/native.d.ts.

use super::crew::{Failure, Note, Why};
use super::dispatch::{Ended, What};
use super::task::WorkerId;
use crate::process::ExitStatus;
use serde_json::{json, Value};
use std::time::Duration;

/// `["started", worker, pid, [stdout, stderr]]`: descriptors that JavaScript has from now on, or -1.
pub fn started(worker: WorkerId, pid: i32, output: [i32; 2]) -> Value {
    json!(["started", worker, pid, output])
}

/// `["up", worker, milliseconds]` since its start.
pub fn up(worker: WorkerId, took: Duration) -> Value {
    json!(["up", worker, milliseconds(took)])
}

/// `["setup-failed", worker, error, tagged]`: what its `setup` answered, as it is in an `E` frame.
pub fn setup_failed(worker: WorkerId, error: &[u8], is_tagged: bool) -> Value {
    json!(["setup-failed", worker, parsed(error), is_tagged])
}

/// `["fault", worker, "CODE message"]`: it is cut off.
pub fn fault(worker: WorkerId, fault: &str) -> Value {
    json!(["fault", worker, fault])
}

/// `["gone", worker, pid, exitCode, signal, what, why, goodbye]`. `why`: null where it was not ended by us. `goodbye`: what it has said last.
pub fn gone(worker: WorkerId, pid: i32, status: ExitStatus, what: What, why: Option<Why>, goodbye: Option<&[u8]>) -> Value {
    let (code, signal) = numbers(status);
    json!(["gone", worker, pid, code, signal, what.name(), why.map(Why::name), goodbye.map(parsed)])
}

/// `["drain"]`: after tasks were refused there is room again.
pub fn drain() -> Value {
    json!(["drain"])
}

pub fn of_crew(note: &Note) -> Value {
    let retry = |delay: &Option<Duration>| delay.map(milliseconds);
    match note {
        Note::StartFailed { worker, failure, retry: delay } => json!(["start-failed", worker, of_failure(failure), retry(delay)]),
        Note::GaveUp { failure, until } => json!(["gave-up", of_failure(failure), retry(until)]),
        Note::Recovered => json!(["recovered"]),
        Note::SoftLimit(processes) => json!(["softLimit", processes]),
        Note::Scarce(scarce) => json!(["scarce", scarce.name()]),
    }
}

/// `[kind, …]`.
fn of_failure(failure: &Failure) -> Value {
    let ended = |kind: &str, status: &ExitStatus| {
        let (code, signal) = numbers(*status);
        json!([kind, code, signal])
    };
    match failure {
        Failure::Spawn(errno) => json!(["spawn", -errno]),
        Failure::Setup(error) => json!(["setup", parsed(error.as_bytes())]),
        Failure::Exited(status) => ended("exited", status),
        Failure::Timeout => json!(["timeout"]),
        Failure::Protocol => json!(["protocol"]),
        Failure::Died(status) => ended("died", status),
    }
}

/// `TaskEnd`. Made by hand: there may be a million of them. `status`: of the process that has ended with it.
pub fn ended(ended: &Ended, status: Option<ExitStatus>) -> String {
    let (code, signal) = match (ended.what, status) {
        (What::Exit(code), _) => (code, 0),
        (What::Signal(signal), _) => (None, signal),
        (_, Some(status)) => numbers(status),
        _ => (None, 0),
    };
    let code = code.map_or_else(|| "null".to_owned(), |code| code.to_string());
    let Ended { task, what, worker, waited, ran, attempts } = ended;
    let (what, waited, ran) = (what.name(), milliseconds(*waited), milliseconds(*ran));
    format!("[{task},\"{what}\",{worker},{code},{signal},{waited:.3},{ran:.3},{attempts}]")
}

fn numbers(status: ExitStatus) -> (Option<i32>, i32) {
    match status {
        ExitStatus::Code(code) => (Some(code), 0),
        ExitStatus::Signal(signal) => (None, signal),
    }
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// What a worker has said, or null where it is no JSON.
fn parsed(json: &[u8]) -> Value {
    serde_json::from_slice(json).unwrap_or(Value::Null)
}
