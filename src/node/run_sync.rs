use super::arguments::{milliseconds, negated, status, Description};
use super::hand_over::{Form, HandOver};
use super::usage;
use crate::process::collect::{Bytes, Collected, Part};
use crate::process::{run_whole, Bounds, ExitStatus, RunError, WholeRun};
use napi::bindgen_prelude::{Env, Float64ArraySlice, Int32ArraySlice, Null, Result, Uint32Array, Uint8ArraySlice};
use napi::{Either, Unknown};
use napi_derive::napi;

/// See js/native.d.ts. `null` where undefined would be.
#[napi(object, object_from_js = false)]
pub struct RunSyncResult {
    pub pid: i32,
    pub status: Either<i32, Null>,
    pub signal: Either<i32, Null>,
    pub output: Either<Vec<Either<Unknown<'static>, Null>>, Null>,
    pub order: Uint32Array,
    pub timed_out: bool,
    pub forced: bool,
    pub overflow: i32,
    pub held_open: u32,
    pub tree: Either<String, Null>,
    pub error: i32,
}

impl RunSyncResult {
    fn not_started(error: i32) -> Self {
        RunSyncResult {
            pid: 0,
            status: Either::B(Null),
            signal: Either::B(Null),
            output: Either::B(Null),
            order: Uint32Array::new(Vec::new()),
            timed_out: false,
            forced: false,
            overflow: -1,
            held_open: 0,
            tree: Either::B(Null),
            error,
        }
    }

    fn ended(env: Env, run: WholeRun) -> Result<Self> {
        let (code, signal) = match run.status {
            ExitStatus::Code(code) => (Either::A(code), Either::B(Null)),
            ExitStatus::Signal(signal) => (Either::B(Null), Either::A(signal)),
        };
        let output = run.output.into_iter().map(|bytes| bytes.map_or(Ok(Either::B(Null)), |bytes| buffer(env, bytes).map(Either::A)));
        Ok(RunSyncResult {
            pid: run.pid,
            status: code,
            signal,
            output: Either::A(output.collect::<Result<_>>()?),
            order: Uint32Array::new(pairs(&run.order)),
            timed_out: run.timed_out,
            forced: run.forced,
            overflow: run.overflow.map_or(-1, |fd| fd as i32),
            held_open: run.held_open.iter().filter(|fd| **fd < 32).fold(0, |bits, fd| bits | 1 << fd),
            tree: run.tree.map_or(Either::B(Null), Either::A),
            error: 0,
        })
    }
}

fn buffer(env: Env, bytes: Bytes) -> Result<Unknown<'static>> {
    let collected = Collected::Bytes { bytes, ascii: false };
    HandOver::new(env, Form::Buffer, false).collected(collected).map_err(|error| napi::Error::from_reason(error.reason.clone()))
}

/// Flat, and what is too long for a number in several.
fn pairs(parts: &[Part]) -> Vec<u32> {
    let mut flat = Vec::with_capacity(parts.len() * 2);
    for part in parts {
        let mut left = part.length;
        while left > 0 {
            let length = u32::try_from(left).unwrap_or(u32::MAX);
            flat.extend([part.stream, length]);
            left -= length as usize;
        }
    }
    flat
}

/// See js/native.d.ts.
#[napi]
#[allow(clippy::too_many_arguments)] // one flat call is what makes it cheap
pub fn run_sync(
    env: Env,
    file: String,
    args: String,
    environment: Option<String>,
    cwd: Option<String>,
    flags: u32,
    uid: i32,
    gid: i32,
    io: Int32ArraySlice<'_>,
    count: u32,
    input: Option<Uint8ArraySlice<'_>>,
    timeout: f64,
    limits: Float64ArraySlice<'_>,
    kill_signal: i32,
    force_kill_after: f64,
    drain: f64,
    mut usage: Float64ArraySlice<'_>,
    restrictions: Option<String>,
) -> Result<RunSyncResult> {
    let description = Description { file, args, env: environment, cwd, flags, uid, gid, limits: restrictions };
    let command = match description.into_command(&io, count) {
        Ok(command) => command,
        Err(errno) => return Ok(RunSyncResult::not_started(negated(errno))),
    };
    let bounds = Bounds {
        timeout: milliseconds(timeout).filter(|timeout| !timeout.is_zero()),
        // What memory cannot hold saturates: no limit.
        limits: limits.iter().map(|limit| *limit as usize).collect(),
        kill_signal,
        force_kill_after: milliseconds(force_kill_after),
        drain: milliseconds(drain),
    };
    match run_whole(command, input.as_deref().unwrap_or_default(), &bounds) {
        Ok(run) => {
            // SAFETY: this call has the array to itself: JavaScript waits for it.
            usage::write(&run.usage, unsafe { usage.as_mut() });
            RunSyncResult::ended(env, run)
        }
        Err(RunError::NotStarted(error)) => Ok(RunSyncResult::not_started(status(&error))),
        Err(RunError::Lost(errno)) => Ok(RunSyncResult::not_started(negated(errno))),
    }
}
