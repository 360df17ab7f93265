//! From what JavaScript passes to a [`Command`], and back to negated errnos.

use crate::command::{CStrings, Command, Kinship, Limits, Stdio};
use crate::process::SpawnError;
use napi::bindgen_prelude::Int32ArraySlice;
use rustix::io::Errno;
use std::ffi::CString;
use std::time::Duration;

pub const DETACHED: u32 = 1;
pub const UID: u32 = 2;
pub const GID: u32 = 4;
pub const TREE: u32 = 8;
pub const INDEPENDENT: u32 = 16;
pub const GROUP: u32 = 32;
pub const TERMINAL: u32 = 64;
pub const HOLD: u32 = 128;

const PIPE: i32 = -2;
/// Before the plan in `io`: the pid and the id.
pub const PLAN_AT: usize = 2;

/// libuv's convention, which js/errors expects.
pub fn negated(errno: Errno) -> i32 {
    -errno.raw_os_error()
}

pub fn status(error: &SpawnError) -> i32 {
    negated(error.errno)
}

/// `None` for what is no time: below zero, infinite.
pub fn milliseconds(number: f64) -> Option<Duration> {
    (number >= 0.0 && number.is_finite()).then(|| Duration::from_secs_f64(number.min(1e15) / 1000.0))
}

/// See `spawn` in js/native.d.ts.
pub fn limits(json: Option<&str>) -> Result<Limits, Errno> {
    json.map_or(Ok(Limits::default()), |json| Limits::from_json(json).ok_or(Errno::INVAL))
}

/// What a start is described by, as it crosses the border.
pub struct Description {
    pub file: String,
    pub args: String,
    pub env: Option<String>,
    pub cwd: Option<String>,
    pub flags: u32,
    pub uid: i32,
    pub gid: i32,
    /// JSON.
    pub limits: Option<String>,
}

impl Description {
    pub fn into_command(self, io: &Int32ArraySlice<'_>, count: u32) -> Result<Command, Errno> {
        let plan = io.get(PLAN_AT..PLAN_AT + count as usize).ok_or(Errno::INVAL)?;
        // JavaScript has refused NUL bytes already, with Node's error.
        let c_string = |string: String| CString::new(string).map_err(|_| Errno::INVAL);
        let argv = if self.args.is_empty() { CStrings::new([""]) } else { CStrings::from_joined(self.args.into_bytes()) };
        Ok(Command {
            file: c_string(self.file)?,
            argv,
            env: self.env.map(|env| CStrings::from_joined(env.into_bytes())),
            cwd: self.cwd.map(c_string).transpose()?,
            stdio: plan
                .iter()
                .map(|&entry| match entry {
                    PIPE => Stdio::Pipe,
                    fd if fd >= 0 => Stdio::Inherit(fd),
                    _ => Stdio::Ignore,
                })
                .collect(),
            detached: self.flags & DETACHED != 0,
            group: self.flags & GROUP != 0,
            terminal: self.flags & TERMINAL != 0,
            tree: match (self.flags & TREE != 0, self.flags & INDEPENDENT != 0) {
                (false, _) => None,
                (true, false) => Some(Kinship::Dependent),
                (true, true) => Some(Kinship::Independent),
            },
            // As setuid(2) takes them: -1 is what it refuses.
            uid: (self.flags & UID != 0).then_some(self.uid as u32),
            gid: (self.flags & GID != 0).then_some(self.gid as u32),
            limits: limits(self.limits.as_deref())?,
        })
    }
}
