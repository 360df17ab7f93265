//! One epoll descriptor per environment, watched by one handle on Node's own loop: no thread, and no wake-up besides libuv's.

use super::arguments::negated;
use super::dispatch::{Dispatcher, Event, TooLong};
use super::event_loop::EventLoop;
use super::uv;
use super::wake::Watch;
use crate::process::{Poller, Ready};
use napi::sys;
use rustix::io::Errno;
use std::alloc::Layout;
use std::cell::{Cell, RefCell};
use std::ffi::{c_int, c_void};
use std::os::fd::{AsFd, AsRawFd};
use std::ptr;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// How long one turn goes on handing over exits: whatever their handlers do, timers and sockets get their turn in between.
const TURN: Duration = Duration::from_micros(300);

pub type Shared = Rc<RefCell<EventLoop>>;

/// What libuv and the environment's end find again, at both handles.
struct Context {
    events: Shared,
    dispatcher: Rc<Dispatcher>,
    poll: *mut uv::Handle,
    timer: *mut uv::Handle,
    /// Handles that libuv has not let go of yet.
    open: Cell<u8>,
    hook: Cell<sys::napi_async_cleanup_hook_handle>,
}

/// Opens the event loop of an environment. It watches nothing yet, and closes itself when the environment ends.
///
/// # Safety
/// On the thread of `env`, with `dispatch` a live function of it.
pub unsafe fn open(env: sys::napi_env, dispatch: sys::napi_value) -> Result<Shared, Errno> {
    let poller = Poller::new()?;
    let mut event_loop = ptr::null_mut();
    // SAFETY: the caller's promise. The handles are allocated as libuv wants them and freed by `closed`.
    unsafe {
        let dispatcher = Rc::new(Dispatcher::new(env, dispatch).ok_or(Errno::INVAL)?);
        if sys::napi_get_uv_event_loop(env, &mut event_loop) != sys::Status::napi_ok {
            return Err(Errno::INVAL);
        }
        let poll = allocate(uv::POLL_TYPE);
        let status = uv::uv_poll_init(event_loop.cast(), poll, poller.as_fd().as_raw_fd());
        if status != 0 {
            free(poll, uv::POLL_TYPE);
            return Err(Errno::from_raw_os_error(-status));
        }
        let timer = allocate(uv::TIMER_TYPE);
        // Cannot fail: it only fills in the structure.
        uv::uv_timer_init(event_loop.cast(), timer);
        let events = Rc::new(RefCell::new(EventLoop::new(poller, Watch::new(poll, timer, on_timer))));
        let context = Context { events: events.clone(), dispatcher, poll, timer, open: Cell::new(2), hook: Cell::new(ptr::null_mut()) };
        let context = Box::into_raw(Box::new(context));
        for handle in [poll, timer] {
            uv::uv_unref(handle);
            uv::uv_handle_set_data(handle, context.cast());
        }
        uv::uv_poll_start(poll, uv::READABLE, on_ready);
        sys::napi_add_async_cleanup_hook(env, Some(on_environment_end), context.cast(), ptr::null_mut());
        Ok(events)
    }
}

fn handle_layout(kind: c_int) -> Layout {
    // SAFETY: a pure function.
    let size = unsafe { uv::uv_handle_size(kind) };
    Layout::from_size_align(size, 16).expect("the size of a handle is small")
}

fn allocate(kind: c_int) -> *mut uv::Handle {
    let layout = handle_layout(kind);
    // SAFETY: a handle is never empty.
    let handle = unsafe { std::alloc::alloc_zeroed(layout) };
    if handle.is_null() {
        std::alloc::handle_alloc_error(layout);
    }
    handle.cast()
}

/// # Safety
/// From `allocate` with this kind, and unknown to libuv.
unsafe fn free(handle: *mut uv::Handle, kind: c_int) {
    // SAFETY: the caller's promise.
    unsafe { std::alloc::dealloc(handle.cast(), handle_layout(kind)) };
}

/// # Safety
/// One of the two handles that `open` made, not closed yet.
unsafe fn context_of(handle: *mut uv::Handle) -> (Shared, Rc<Dispatcher>) {
    // SAFETY: set by `open`; libuv calls back no more once the handles are closed.
    let context = unsafe { &*uv::uv_handle_get_data(handle).cast::<Context>() };
    (context.events.clone(), context.dispatcher.clone())
}

/// libuv calls it on the environment's thread, outside of any JavaScript.
unsafe extern "C" fn on_ready(handle: *mut uv::Handle, _status: c_int, _events: c_int) {
    // SAFETY: libuv passes what it was given.
    let (events, dispatcher) = unsafe { context_of(handle) };
    let guess = events.borrow_mut().guess();
    let Some(guess) = guess else { return everything_ready(&events, &dispatcher) };
    if !messages_of(guess, &events, &dispatcher) {
        everything_ready(&events, &dispatcher);
    }
}

fn everything_ready(events: &Shared, dispatcher: &Dispatcher) {
    let batch = events.borrow().ready();
    for ready in batch {
        messages_of(ready, events, dispatcher);
    }
    hand_over_exits(events, dispatcher);
}

/// Hands over what came of it, and says whether that was anything. Nothing is borrowed while JavaScript runs: it may start, close
/// and write.
fn messages_of(ready: Ready, events: &Shared, dispatcher: &Dispatcher) -> bool {
    let id = ready.token as u32;
    let produced = events.borrow_mut().handle(ready);
    let any = !produced.is_empty();
    for event in produced {
        if dispatcher.is_closed() || events.borrow_mut().channel(id).is_none() {
            // Closed by the handler of an earlier event.
            break;
        }
        if let Err(TooLong) = dispatcher.call(id, &event) {
            let _short_enough = dispatcher.call(id, &Event::End { status: negated(Errno::MSGSIZE) });
            break;
        }
    }
    any
}

unsafe extern "C" fn on_timer(handle: *mut uv::Handle) {
    // SAFETY: libuv passes what it was given.
    let (events, dispatcher) = unsafe { context_of(handle) };
    hand_over_exits(&events, &dispatcher);
}

/// After the messages, as in libuv, which handles signals, and so exits, last.
fn hand_over_exits(events: &Shared, dispatcher: &Dispatcher) {
    if !events.borrow().has_exits() {
        return;
    }
    let started = Instant::now();
    while !dispatcher.is_closed() && started.elapsed() < TURN {
        let Some((id, event)) = events.borrow_mut().next_exit() else { break };
        // An exit carries numbers only, which are never too long.
        let _numbers = dispatcher.call(id, &event);
        events.borrow_mut().exit_handled();
    }
    events.borrow_mut().end_turn();
}

unsafe extern "C" fn on_environment_end(hook: sys::napi_async_cleanup_hook_handle, context: *mut c_void) {
    // SAFETY: the context that `open` made; it goes with the last of the handles.
    unsafe {
        let context = &*context.cast::<Context>();
        context.hook.set(hook);
        context.dispatcher.close();
        // Stops watching at once, so that the descriptor may be closed after it.
        uv::uv_close(context.poll, closed);
        uv::uv_close(context.timer, closed);
        context.events.borrow_mut().clear();
    }
}

unsafe extern "C" fn closed(handle: *mut uv::Handle) {
    // SAFETY: libuv is done with this handle; with the second one nobody knows the context any more.
    unsafe {
        let context = uv::uv_handle_get_data(handle).cast::<Context>();
        let kind = if handle == (*context).poll { uv::POLL_TYPE } else { uv::TIMER_TYPE };
        free(handle, kind);
        let open = (*context).open.get() - 1;
        (*context).open.set(open);
        if open == 0 {
            sys::napi_remove_async_cleanup_hook(Box::from_raw(context).hook.get());
        }
    }
}
