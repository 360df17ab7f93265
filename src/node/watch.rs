//! What the handles of an environment wake: its exits and messages are handed to JavaScript here. No thread, and no wake-up besides libuv's.

mod pools;

use super::arguments::negated;
use super::dispatch::{Dispatcher, Event, TooLong};
use super::event_loop::EventLoop;
use super::handle::{Seen, Wake};
use super::wake::{Watch, LULL};
use crate::ipc::transport::Next;
use crate::process::{is_main_thread, tree, Poller};
use napi::sys;
use rustix::io::Errno;
use std::cell::{Cell, RefCell};
use std::ffi::c_void;
use std::os::fd::{AsFd, AsRawFd};
use std::ptr;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// How long one turn goes on handing over exits: whatever their handlers do, timers and sockets get their turn in between.
const TURN: Duration = Duration::from_micros(300);

/// A peer that keeps the kernel busy must not keep this thread busy: so many reads at most per turn.
const READS: usize = 16;

pub type Shared = Rc<RefCell<EventLoop>>;

/// Lives as long as one of the handles does.
struct Context {
    events: Shared,
    dispatcher: Dispatcher,
    hook: Cell<sys::napi_async_cleanup_hook_handle>,
}

/// Opens the event loop of an environment. It watches nothing yet, and closes itself when the environment ends.
///
/// # Safety
/// On the thread of `env`, with `dispatch` a live function, `usage` a Float64Array and `meta` an Int32Array of it.
pub unsafe fn open(env: sys::napi_env, dispatch: sys::napi_value, usage: sys::napi_value, meta: sys::napi_value) -> Result<Shared, Errno> {
    let poller = Poller::new()?;
    let fd = poller.as_fd().as_raw_fd();
    let mut event_loop = ptr::null_mut();
    // SAFETY: the caller's promise. The poller goes with the event loop, after its watch.
    unsafe {
        let dispatcher = Dispatcher::new(env, dispatch, usage, meta).ok_or(Errno::INVAL)?;
        if sys::napi_get_uv_event_loop(env, &mut event_loop) != sys::Status::napi_ok {
            return Err(Errno::INVAL);
        }
        let events = Rc::new(RefCell::new(EventLoop::new(poller)));
        let context = Rc::new(Context { events: events.clone(), dispatcher, hook: Cell::new(ptr::null_mut()) });
        events.borrow_mut().open(Watch::new(event_loop.cast(), fd, context.clone())?);
        sys::napi_add_async_cleanup_hook(env, Some(on_environment_end), Rc::into_raw(context).cast_mut().cast(), ptr::null_mut());
        Ok(events)
    }
}

impl Wake for Context {
    /// Messages first, as in libuv, which handles signals, and so exits, last: what a child has sent comes before its end.
    fn children(&self) {
        let mail = self.events.borrow_mut().collect();
        let channels = self.events.borrow().ready_channels();
        for id in channels {
            self.channel(id, Seen::INPUT);
        }
        if mail {
            self.hand_over_mail();
        }
        self.hand_over_exits();
    }

    fn channel(&self, id: u32, mut seen: Seen) {
        let pool = self.events.borrow().pool(id);
        if let Some(pool) = pool {
            return self.pool_ready(id, &pool, seen);
        }
        self.events.borrow_mut().begin_turn();
        let started = Instant::now();
        let mut reads = 0;
        loop {
            let talk = self.events.borrow_mut().channel_ready(id, seen);
            if !self.hand_over_talk(id, talk.events) {
                break;
            }
            reads += 1;
            if talk.more && reads < READS {
                seen = Seen::INPUT;
                continue;
            }
            // Whoever waits for room is not kept waiting.
            self.events.borrow_mut().tell_returns();
            if self.events.borrow_mut().linger(id, started) == Next::Wait {
                break;
            }
            // The socket will tell of itself.
            seen = Seen::NOTHING;
        }
        self.events.borrow_mut().settle_turn();
    }

    fn time(&self, id: u32) {
        if id == LULL {
            return self.events.borrow_mut().give_back();
        }
        self.events.borrow_mut().settle_turn();
        self.hand_over_exits();
    }
}

impl Context {
    /// Nothing is borrowed while JavaScript runs: it may start, close and write. Returns whether there is still somebody to hand over to.
    fn hand_over_talk(&self, id: u32, talk: Vec<Event>) -> bool {
        for mut event in talk {
            if self.dispatcher.is_closed() || !self.events.borrow_mut().prepare(id, &mut event) {
                // Closed by the handler of an earlier event.
                return false;
            }
            if matches!(event, Event::WireQuestion) {
                self.events.borrow_mut().answer_question(id);
                continue;
            }
            if let Err(TooLong) = self.dispatcher.call(id, event) {
                let status = negated(self.events.borrow_mut().too_long(id));
                let _short_enough = self.dispatcher.call(id, Event::End { status });
                return false;
            }
            self.events.borrow_mut().tell_large_returns();
        }
        true
    }

    fn hand_over_mail(&self) {
        let notes = self.events.borrow().mail();
        for (id, event) in notes {
            if self.dispatcher.is_closed() {
                return;
            }
            if self.events.borrow_mut().open_note(id) {
                // A note is short.
                let _short = self.dispatcher.call(id, event);
            }
        }
    }

    fn hand_over_exits(&self) {
        if !self.events.borrow().has_exits() {
            return;
        }
        let started = Instant::now();
        while !self.dispatcher.is_closed() && started.elapsed() < TURN {
            let Some((id, event)) = self.events.borrow_mut().next_exit() else { break };
            // An exit carries numbers only, which are never too long.
            let _numbers = self.dispatcher.call(id, event);
            self.events.borrow_mut().exit_handled();
        }
        self.events.borrow_mut().end_turn();
    }
}

unsafe extern "C" fn on_environment_end(hook: sys::napi_async_cleanup_hook_handle, context: *mut c_void) {
    // SAFETY: the reference that `open` gave away.
    let context = unsafe { Rc::from_raw(context.cast_const().cast::<Context>()) };
    context.hook.set(hook);
    context.dispatcher.close();
    let mut events = context.events.borrow_mut();
    // A Worker's children end with it, which nobody else sees. The main thread's end is the process's, which the keeper sees.
    if !is_main_thread() {
        tree::end_in_background(events.end_dependents());
    }
    events.clear();
}

impl Drop for Context {
    /// libuv has let go of the last handle, or the environment could not be watched in the first place.
    fn drop(&mut self) {
        let hook = self.hook.get();
        if !hook.is_null() {
            // SAFETY: once; the environment waits for it.
            unsafe { sys::napi_remove_async_cleanup_hook(hook) };
        }
    }
}
