//! One epoll descriptor per environment, watched by one handle on Node's own loop: no thread, and no wake-up besides libuv's.

use super::arguments::negated;
use super::dispatch::{Dispatcher, Event, TooLong};
use super::event_loop::EventLoop;
use super::uv;
use crate::process::Poller;
use napi::sys;
use rustix::io::Errno;
use std::cell::RefCell;
use std::ffi::{c_int, c_void};
use std::os::fd::{AsFd, AsRawFd};
use std::ptr;
use std::rc::Rc;

pub type Shared = Rc<RefCell<EventLoop>>;

/// The handle on Node's loop, unreferenced to begin with.
pub struct Watch(*mut uv::Poll);

impl Watch {
    pub fn reference(&self) {
        if !self.0.is_null() {
            // SAFETY: not null, so not closed yet.
            unsafe { uv::uv_ref(self.0) };
        }
    }

    pub fn unreference(&self) {
        if !self.0.is_null() {
            // SAFETY: as above.
            unsafe { uv::uv_unref(self.0) };
        }
    }

    /// The handle is about to go.
    pub fn close(&mut self) {
        self.0 = ptr::null_mut();
    }
}

/// What libuv and the environment's end find again.
struct Context {
    events: Shared,
    dispatcher: Rc<Dispatcher>,
}

/// Opens the event loop of an environment. It watches nothing yet, and closes itself when the environment ends.
///
/// # Safety
/// On the thread of `env`, with `dispatch` a live function of it.
pub unsafe fn open(env: sys::napi_env, dispatch: sys::napi_value) -> Result<Shared, Errno> {
    let poller = Poller::new()?;
    let mut event_loop = ptr::null_mut();
    // SAFETY: the caller's promise. The handle is allocated as libuv wants it and freed by `closed`.
    unsafe {
        let dispatcher = Rc::new(Dispatcher::new(env, dispatch).ok_or(Errno::INVAL)?);
        if sys::napi_get_uv_event_loop(env, &mut event_loop) != sys::Status::napi_ok {
            return Err(Errno::INVAL);
        }
        let handle = std::alloc::alloc_zeroed(handle_layout()).cast::<uv::Poll>();
        let status = uv::uv_poll_init(event_loop.cast(), handle, poller.as_fd().as_raw_fd());
        if status != 0 {
            std::alloc::dealloc(handle.cast(), handle_layout());
            return Err(Errno::from_raw_os_error(-status));
        }
        uv::uv_unref(handle);
        let events = Rc::new(RefCell::new(EventLoop::new(poller, Watch(handle))));
        let context = Box::new(Context { events: events.clone(), dispatcher });
        uv::uv_handle_set_data(handle, Box::into_raw(context).cast());
        uv::uv_poll_start(handle, uv::READABLE, on_ready);
        sys::napi_add_async_cleanup_hook(env, Some(on_environment_end), handle.cast(), ptr::null_mut());
        Ok(events)
    }
}

fn handle_layout() -> std::alloc::Layout {
    // SAFETY: a pure function.
    let size = unsafe { uv::uv_handle_size(uv::POLL_TYPE) };
    std::alloc::Layout::from_size_align(size, 16).expect("the size of a handle is small")
}

/// libuv calls it on the environment's thread, outside of any JavaScript.
unsafe extern "C" fn on_ready(handle: *mut uv::Poll, _status: c_int, _events: c_int) {
    // SAFETY: set by `open`; the handle is stopped before the context goes.
    let (events, dispatcher) = unsafe {
        let context = &*uv::uv_handle_get_data(handle).cast::<Context>();
        (context.events.clone(), context.dispatcher.clone())
    };
    let batch = events.borrow().ready();
    for ready in batch {
        let id = ready.token as u32;
        // Nothing is borrowed while JavaScript runs: it may start, close and write.
        let produced = events.borrow_mut().handle(ready);
        for event in produced {
            let of_channel = !matches!(event, Event::Exit { .. });
            if dispatcher.is_closed() || (of_channel && events.borrow_mut().channel(id).is_none()) {
                // Closed by the handler of an earlier event.
                break;
            }
            if let Err(TooLong) = dispatcher.call(id, &event) {
                let _short_enough = dispatcher.call(id, &Event::End { status: negated(Errno::MSGSIZE) });
                break;
            }
        }
    }
    events.borrow_mut().settle_launches();
}

unsafe extern "C" fn on_environment_end(hook: sys::napi_async_cleanup_hook_handle, handle: *mut c_void) {
    let handle = handle.cast::<uv::Poll>();
    // SAFETY: the context that `open` left; from here on no event reaches JavaScript. `closed` gets the hook in its place.
    unsafe {
        let context = Box::from_raw(uv::uv_handle_get_data(handle).cast::<Context>());
        // Stops watching, so that the descriptor may be closed after it.
        uv::uv_handle_set_data(handle, hook.cast());
        uv::uv_close(handle, closed);
        context.dispatcher.close();
        context.events.borrow_mut().clear();
    }
}

unsafe extern "C" fn closed(handle: *mut uv::Poll) {
    // SAFETY: libuv is done with the handle; the hook is what `on_environment_end` left there.
    unsafe {
        let hook = uv::uv_handle_get_data(handle).cast();
        std::alloc::dealloc(handle.cast(), handle_layout());
        sys::napi_remove_async_cleanup_hook(hook);
    }
}
