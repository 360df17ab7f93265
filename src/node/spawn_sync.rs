use super::arguments::{milliseconds, negated, status, Description};
use crate::process::{run_sync, ExitStatus, Limits, RunError, SyncResult};
use napi::bindgen_prelude::{Buffer, Int32ArraySlice, Null, Uint8ArraySlice};
use napi::Either;
use napi_derive::napi;

/// See js/native.d.ts. `null` where undefined would be, as Node's own result has it.
#[napi(object)]
pub struct SpawnSyncResult {
    pub pid: i32,
    pub status: Either<i32, Null>,
    pub signal: Either<i32, Null>,
    pub output: Either<Vec<Either<Buffer, Null>>, Null>,
    pub error: i32,
}

impl SpawnSyncResult {
    fn not_started(error: i32) -> Self {
        SpawnSyncResult { pid: 0, status: Either::B(Null), signal: Either::B(Null), output: Either::B(Null), error }
    }

    fn ended(result: SyncResult) -> Self {
        let (code, signal) = match result.status {
            ExitStatus::Code(code) => (Either::A(code), Either::B(Null)),
            ExitStatus::Signal(signal) => (Either::B(Null), Either::A(signal)),
        };
        let output = result.output.into_iter().map(|output| match output {
            Some(bytes) => Either::A(Buffer::from(bytes)),
            None => Either::B(Null),
        });
        SpawnSyncResult {
            pid: result.pid,
            status: code,
            signal,
            output: Either::A(output.collect()),
            error: result.error.map_or(0, negated),
        }
    }
}

/// See js/native.d.ts.
#[napi]
#[allow(clippy::too_many_arguments)] // one flat call is what makes it cheap
pub fn spawn_sync(
    file: String,
    args: String,
    env: Option<String>,
    cwd: Option<String>,
    flags: u32,
    uid: i32,
    gid: i32,
    io: Int32ArraySlice<'_>,
    count: u32,
    input: Option<Uint8ArraySlice<'_>>,
    timeout: f64,
    max_buffer: f64,
    kill_signal: i32,
) -> SpawnSyncResult {
    let description = Description { file, args, env, cwd, flags, uid, gid, limits: None };
    let command = match description.into_command(&io, count) {
        Ok(command) => command,
        Err(errno) => return SpawnSyncResult::not_started(negated(errno)),
    };
    let limits = Limits {
        // Zero is no timeout, as in Node.
        timeout: milliseconds(timeout).filter(|timeout| !timeout.is_zero()),
        // Zero is no bound, as in Node.
        max_buffer: (max_buffer > 0.0 && max_buffer.is_finite()).then_some(max_buffer as usize),
        kill_signal,
    };
    match run_sync(command, input.as_deref().unwrap_or_default(), &limits) {
        Ok(result) => SpawnSyncResult::ended(result),
        Err(RunError::NotStarted(error)) => SpawnSyncResult::not_started(status(&error)),
        Err(RunError::Lost(errno)) => SpawnSyncResult::not_started(negated(errno)),
    }
}
