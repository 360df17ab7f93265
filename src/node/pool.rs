use super::arguments::{self, negated, DETACHED, GID, UID};
use super::reactor::Reactor;
use super::text::utf8;
use super::watch::Shared;
use crate::command::Stdio;
use crate::ipc::slab::DEFAULT_LIMIT;
use crate::ipc::wire::MAX_FRAME;
use crate::pool::bytes::{Bytes, Frame, Memory, Segment, Sharing};
use crate::pool::dispatch::What;
use crate::pool::{self, Engine, LastWords, Plan, Program, Settings, Submission, SETUP};
use crate::process::environment_of_this_process;
use napi::bindgen_prelude::{Either, Env, Float64ArraySlice, Int32ArraySlice, JsValue, Uint8ArraySlice, Unknown};
use napi_derive::napi;
use rustix::io::Errno;
use std::ffi::{CStr, CString};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

/// See js/native.d.ts.
#[napi]
pub struct Pool {
    pub(super) events: Shared,
    /// Until it is over: then its descriptors are closed, whether JavaScript has forgotten this object by then or not.
    pool: Weak<pool::Pool>,
    last_words: LastWords,
    pub(super) id: u32,
}

/// What a pool is opened with, as it crosses the border.
struct Opening {
    settings: String,
    file: String,
    args: String,
    env: Option<String>,
    cwd: Option<String>,
    flags: u32,
    uid: i32,
    gid: i32,
    stdio: [i32; 3],
    setup: Option<Frame>,
    limits: Option<String>,
}

#[napi]
impl Reactor {
    #[napi]
    #[allow(clippy::too_many_arguments)] // as Reactor.spawn
    pub fn open_pool(
        &self,
        settings: String,
        file: String,
        args: String,
        env: Option<String>,
        cwd: Option<String>,
        flags: u32,
        uid: i32,
        gid: i32,
        stdio: Int32ArraySlice<'_>,
        setup: Option<String>,
        setup_segments: Option<Vec<Uint8ArraySlice<'_>>>,
        setup_types: String,
        limits: Option<String>,
    ) -> Either<Pool, i32> {
        let segments: Vec<&[u8]> = setup_segments.iter().flatten().map(|segment| &**segment).collect();
        let setup = setup.map(|json| setup_frame(&json, &segments, &setup_types));
        let Ok(stdio) = <[i32; 3]>::try_from(&stdio[..]) else { return Either::B(negated(Errno::INVAL)) };
        let opening = Opening { settings, file, args, env, cwd, flags, uid, gid, stdio, setup, limits };
        match self.start_pool(opening) {
            Ok(pool) => Either::A(pool),
            Err(errno) => Either::B(negated(errno)),
        }
    }

    fn start_pool(&self, opening: Opening) -> Result<Pool, Errno> {
        let mut settings = Settings::default();
        settings.update(&opening.settings).ok_or(Errno::INVAL)?;
        let hello = format!(
            r#"{{"protocol":"procs","version":1,"pid":{},"software":"@x/procs/{}","capabilities":["handles","slab","ring","answers"],"maxFrame":{MAX_FRAME},"maxSlab":{DEFAULT_LIMIT}}}"#,
            std::process::id(),
            env!("CARGO_PKG_VERSION"),
        );
        let Opening { file, args, env, cwd, flags, uid, gid, stdio, setup, limits, .. } = opening;
        let c_string = |string: String| CString::new(string).map_err(|_| Errno::INVAL);
        let program = Program {
            file: c_string(file)?,
            args: args.into_bytes(),
            env: env.map_or_else(own_environment, String::into_bytes),
            cwd: cwd.map(c_string).transpose()?,
            stdio: stdio.map(|fd| match fd {
                -2 => Stdio::Pipe,
                fd if fd >= 0 => Stdio::Inherit(fd),
                _ => Stdio::Ignore,
            }),
            uid: (flags & UID != 0).then_some(uid as u32),
            gid: (flags & GID != 0).then_some(gid as u32),
            group: flags & DETACHED == 0,
            detached: flags & DETACHED != 0,
            limits: arguments::limits(limits.as_deref())?,
        };
        let plan =
            Plan { settings, program, hello, max_frame: MAX_FRAME, max_slab: DEFAULT_LIMIT, setup, memory: Memory::new(DEFAULT_LIMIT) };
        let pool = Arc::new(pool::Pool::new(plan, RandomState::new().hash_one(std::process::id()))?);
        let id = self.events.borrow_mut().insert_pool(pool.clone())?;
        pool.with(Engine::open);
        Ok(Pool { events: self.events.clone(), last_words: pool.last_words(), pool: Arc::downgrade(&pool), id })
    }
}

/// The request `procs.setup`. A `~` before the JSON says that it is tagged.
fn setup_frame(json: &str, segments: &[&[u8]], types: &str) -> Frame {
    let (tagged, json) = json.strip_prefix('~').map_or((false, json), |json| (true, json));
    let segments = segments.iter().zip(types.bytes()).map(|(bytes, kind)| Segment { kind, bytes: Bytes::Heap((*bytes).into()) });
    Frame::parts(&format!("Q{SETUP}"), tagged, "procs.setup", json, segments.collect(), Vec::new(), Sharing::Never)
}

fn own_environment() -> Vec<u8> {
    environment_of_this_process().iter().map(CStr::to_bytes).collect::<Vec<_>>().join(&0)
}

impl Pool {
    /// Nothing, where it is over.
    pub(super) fn with<T: Default>(&self, act: impl FnOnce(&mut Engine, Instant) -> T) -> T {
        self.pool.upgrade().map_or_else(T::default, |pool| pool.with(act))
    }

    /// What it shares with its workers for the bytes of tasks.
    pub(super) fn memory(&self) -> Memory {
        self.pool.upgrade().map_or_else(|| Memory::new(0), |pool| pool.memory().clone())
    }
}

#[napi]
impl Pool {
    #[napi(getter)]
    pub fn id(&self) -> u32 {
        self.id
    }

    #[napi]
    pub fn begin(&self) {
        self.with(Engine::begin);
    }

    #[napi]
    pub fn submit(&self, env: Env, frames: Unknown<'_>, _count: u32, options: Option<Float64ArraySlice<'_>>, keys: Option<String>) -> u32 {
        // SAFETY: a value of this call, of this environment.
        let frames = unsafe { utf8(env.raw(), frames.raw()) };
        let keys: Vec<Arc<str>> = keys.iter().flat_map(|keys| keys.split('\0')).map(Arc::from).collect();
        let submission = Submission { options: options.as_deref().unwrap_or_default(), keys: &keys };
        self.with(|engine, now| engine.submit(&frames, &submission, now))
    }

    #[napi]
    pub fn submit_values(&self, env: Env, values: Unknown<'_>, heads: Int32ArraySlice<'_>, marks: String) -> u32 {
        // SAFETY: a value of this call, of this environment.
        let values = unsafe { utf8(env.raw(), values.raw()) };
        let marks: Vec<&[u8]> = marks.split('\0').map(str::as_bytes).collect();
        self.with(|engine, now| engine.submit_values(&values, &heads, &marks, now))
    }

    #[napi]
    pub fn abort(&self, id: u32, what: String, reason: Option<String>) {
        let what = if what == "timeout" { What::Timeout } else { What::Aborted };
        self.with(|engine, now| engine.abort(id, what, reason.as_deref(), now));
    }

    #[napi]
    pub fn broadcast(&self, frame: String) -> u32 {
        let frame = Frame::line(frame.into_bytes());
        self.with(|engine, _| engine.broadcast(&frame))
    }

    #[napi]
    pub fn condemn(&self, worker: u32, reason: String) {
        self.with(|engine, now| {
            engine.cut_off(worker, &reason, now);
            engine.advance(now);
        });
    }

    #[napi]
    pub fn stats(&self) -> String {
        let now = self.pool.upgrade().map(|pool| pool.with(Engine::stats));
        now.unwrap_or_else(|| self.last_words.get().cloned().unwrap_or_default())
    }

    #[napi]
    pub fn configure(&self, settings: String) -> i32 {
        match self.with(|engine, now| engine.configure(&settings, now)) {
            Some(()) => 0,
            None => negated(Errno::INVAL),
        }
    }

    #[napi]
    pub fn close(&self, drops: Option<bool>) {
        self.with(|engine, now| engine.close(drops.unwrap_or(false), now));
    }

    #[napi]
    pub fn destroy(&self, grace: f64) {
        let grace = arguments::milliseconds(grace).unwrap_or(Duration::MAX / 4);
        self.with(|engine, now| engine.destroy(grace, now));
    }

    #[napi]
    pub fn end(&self) {
        if let Some(pool) = self.pool.upgrade() {
            pool.end();
        }
    }

    #[napi(js_name = "ref")]
    pub fn reference(&self) {
        self.events.borrow_mut().set_referenced(self.id, true);
    }

    #[napi]
    pub fn unref(&self) {
        self.events.borrow_mut().set_referenced(self.id, false);
    }
}
