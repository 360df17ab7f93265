use super::arguments::{negated, status, Description, HOLD, PLAN_AT};
use super::channel::Channel;
use super::ring;
use super::watch::{self, Shared};
use super::wire::Wire;
use crate::command::Stdio;
use crate::ipc::transport::Ring;
use crate::ipc::{self, slab::DEFAULT_LIMIT, Framing};
use crate::process::{socket, Child, Spawned};
use napi::bindgen_prelude::{Env, Float64ArraySlice, Function, Int32ArraySlice, JsValue};
use napi::{Error, Result};
use napi_derive::napi;
use rustix::io::Errno;
use std::os::fd::{AsRawFd, FromRawFd, IntoRawFd, OwnedFd};

/// See js/native.d.ts.
#[napi]
pub struct Reactor {
    pub(super) events: Shared,
}

#[napi]
impl Reactor {
    #[napi(constructor)]
    pub fn new(env: Env, dispatch: Function<'_, (), ()>, usage: Float64ArraySlice<'_>, meta: Int32ArraySlice<'_>) -> Result<Self> {
        // SAFETY: what JavaScript just passed, on its own thread.
        let events = unsafe { watch::open(env.raw(), dispatch.raw(), usage.raw(), meta.raw()) };
        let events = events.map_err(|errno| Error::from_reason(format!("the event loop cannot be watched: {errno}")))?;
        Ok(Reactor { events })
    }

    #[napi]
    #[allow(clippy::too_many_arguments)] // one flat call is what makes it cheap
    pub fn spawn(
        &self,
        file: String,
        args: String,
        env: Option<String>,
        cwd: Option<String>,
        flags: u32,
        uid: i32,
        gid: i32,
        mut io: Int32ArraySlice<'_>,
        count: u32,
        limits: Option<String>,
    ) -> i32 {
        let description = Description { file, args, env, cwd, flags, uid, gid, limits };
        let command = match description.into_command(&io, count) {
            Ok(command) => command,
            Err(errno) => return negated(errno),
        };
        let stdio = command.stdio.clone();
        let held = flags & HOLD != 0;
        let Spawned { child, pipes } = match Child::spawn(command) {
            Ok(spawned) => spawned,
            Err(error) => {
                if matches!(error.errno, Errno::NOENT | Errno::ACCESS | Errno::AGAIN) {
                    let wanted = stdio.iter().filter(|stdio| **stdio == Stdio::Pipe);
                    match wanted.map(|_| abandoned_end()).collect::<rustix::io::Result<Vec<_>>>() {
                        // SAFETY: as below.
                        Ok(pipes) => self.place_pipes(unsafe { io.as_mut() }, &stdio, pipes, held),
                        Err(errno) => return negated(errno),
                    }
                }
                return status(&error);
            }
        };
        let pid = child.pid();
        let id = match self.events.borrow_mut().insert_child(child) {
            Ok(id) => id,
            Err(errno) => return negated(errno),
        };
        // SAFETY: this call has the array to itself: JavaScript waits for it.
        let io = unsafe { io.as_mut() };
        io[0] = pid;
        io[1] = id as i32;
        self.place_pipes(io, &stdio, pipes, held);
        0
    }

    #[napi]
    pub fn kill(&self, id: u32, signal: i32) -> i32 {
        match self.events.borrow_mut().child(id) {
            Some(child) => child.signal(signal).map_or_else(negated, |()| 0),
            None => negated(Errno::SRCH),
        }
    }

    #[napi(js_name = "ref")]
    pub fn reference(&self, id: u32) {
        self.events.borrow_mut().set_referenced(id, true);
    }

    #[napi]
    pub fn unref(&self, id: u32) {
        self.events.borrow_mut().set_referenced(id, false);
    }

    #[napi]
    pub fn has_ref(&self, id: u32) -> bool {
        self.events.borrow().is_referenced(id)
    }

    #[napi]
    pub fn open_channel(&self, fd: i32, mode: u32, ring: Option<Int32ArraySlice<'_>>) -> Result<Channel> {
        // SAFETY: JavaScript passes an fd that `spawn` gave it, and passes it once.
        let fd = unsafe { OwnedFd::from_raw_fd(fd) };
        let framing = if mode == 0 { Framing::Lines } else { Framing::LengthPrefixed };
        let open = || {
            let ring = ring.as_deref().map(ring::adopt).transpose()?;
            let mut channel = ipc::Channel::new(fd, framing)?;
            match ring.map(|(fds, end)| (Ring::open(fds, end), end)) {
                Some((Ok(ring), 0)) => channel.offer(ring),
                // If the other end is gone by now, reading will tell.
                Some((Ok(ring), _)) => channel.take(ring).or_else(ignore_gone)?,
                // Whoever has not said that it takes the ring has not taken it. Ours is waited for.
                Some((Err(errno), 0)) => return Err(errno),
                Some((Err(_), _)) | None => {}
            }
            self.events.borrow_mut().insert_channel(channel)
        };
        let id = open().map_err(|errno: Errno| Error::from_reason(format!("the channel cannot be watched: {errno}")))?;
        Ok(Channel::new(self.events.clone(), id))
    }

    #[napi]
    pub fn open_wire(&self, fd: i32, hello: String, max_frame: f64, slab_limit: Option<f64>) -> Result<Wire> {
        // SAFETY: JavaScript gives it away.
        let fd = unsafe { OwnedFd::from_raw_fd(fd) };
        // A number above what memory can hold saturates.
        let open = || {
            let mut wire = ipc::wire::Wire::new(fd, &hello, max_frame as usize)?;
            wire.allow_slabs(slab_limit.map_or(DEFAULT_LIMIT, |bytes| bytes as usize));
            self.events.borrow_mut().insert_wire(wire)
        };
        let id = open().map_err(|errno: Errno| Error::from_reason(format!("the channel cannot be watched: {errno}")))?;
        Ok(Wire::new(self.events.clone(), id))
    }
}

fn ignore_gone(errno: Errno) -> rustix::io::Result<()> {
    match errno {
        Errno::PIPE | Errno::CONNRESET => Ok(()),
        errno => Err(errno),
    }
}

impl Reactor {
    /// Hands the parent's ends over to JavaScript, which closes them from here on. `held`: unless it is ended before, see [`Reactor::hold`].
    fn place_pipes(&self, io: &mut [i32], stdio: &[Stdio], pipes: Vec<OwnedFd>, held: bool) {
        let places = stdio.iter().enumerate().filter(|(_, stdio)| **stdio == Stdio::Pipe);
        for ((fd, _), pipe) in places.zip(pipes) {
            io[PLAN_AT + fd] = pipe.as_raw_fd();
            if held {
                self.events.borrow_mut().hold(pipe);
            } else {
                let _javascripts = pipe.into_raw_fd();
            }
        }
    }
}

/// A pipe to a child that was never there: at its end for a reader, EPIPE for a writer.
fn abandoned_end() -> rustix::io::Result<OwnedFd> {
    let (ours, _theirs) = socket::pair()?;
    Ok(ours)
}

/// See js/native.d.ts.
#[napi]
pub fn spawn_mechanism() -> &'static str {
    crate::process::mechanism()
}
