//! One handle on Node's loop: made, watched, and closed when it is dropped.

use super::uv;
use rustix::io::Errno;
use std::alloc::Layout;
use std::ffi::{c_int, c_void};
use std::os::fd::RawFd;
use std::rc::Rc;

/// What libuv saw at a socket.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    pub readable: bool,
    pub writable: bool,
    /// An error, which reading and writing will find. libuv has stopped watching.
    pub stopped: bool,
    /// It was not the socket but the bell of its ring.
    pub rung: bool,
}

impl Seen {
    /// What is looked for without having been told.
    pub const INPUT: Seen = Seen { readable: true, ..Seen::NOTHING };
    /// The ring is looked at all the same.
    pub const NOTHING: Seen = Seen { readable: false, writable: false, stopped: false, rung: false };
}

/// Who is woken. On the environment's thread, outside of any JavaScript.
pub trait Wake {
    /// The poller has something.
    fn children(&self);
    fn channel(&self, id: u32, seen: Seen);
    fn time(&self, id: u32);
}

/// What libuv keeps for a handle until it has let go of it.
struct Tag {
    wake: Rc<dyn Wake>,
    id: u32,
    kind: c_int,
}

/// Does not keep the loop alive unless told to.
pub struct Handle {
    raw: *mut uv::Handle,
}

impl Handle {
    /// # Safety
    /// On the thread of `event_loop`, which outlives the handle, as does `fd`.
    pub unsafe fn poll(event_loop: *mut uv::Loop, fd: RawFd, wake: Rc<dyn Wake>, id: u32) -> Result<Self, Errno> {
        // SAFETY: the caller's promise.
        unsafe { Self::new(uv::POLL_TYPE, wake, id, |raw| uv::uv_poll_init(event_loop, raw, fd)) }
    }

    /// # Safety
    /// As for [`Handle::poll`].
    pub unsafe fn timer(event_loop: *mut uv::Loop, wake: Rc<dyn Wake>, id: u32) -> Result<Self, Errno> {
        // SAFETY: the caller's promise.
        unsafe { Self::new(uv::TIMER_TYPE, wake, id, |raw| uv::uv_timer_init(event_loop, raw)) }
    }

    unsafe fn new(kind: c_int, wake: Rc<dyn Wake>, id: u32, init: impl FnOnce(*mut uv::Handle) -> c_int) -> Result<Self, Errno> {
        let layout = layout(kind);
        // SAFETY: a handle is never empty; it is freed by `closed`, or here while libuv does not know it.
        unsafe {
            let raw: *mut uv::Handle = std::alloc::alloc_zeroed(layout).cast();
            if raw.is_null() {
                std::alloc::handle_alloc_error(layout);
            }
            let status = init(raw);
            if status != 0 {
                std::alloc::dealloc(raw.cast(), layout);
                return Err(Errno::from_raw_os_error(-status));
            }
            uv::uv_handle_set_data(raw, Box::into_raw(Box::new(Tag { wake, id, kind })).cast::<c_void>());
            uv::uv_unref(raw);
            Ok(Handle { raw })
        }
    }

    pub fn reference(&self) {
        // SAFETY: not closed before it is dropped; so below.
        unsafe { uv::uv_ref(self.raw) };
    }

    pub fn unreference(&self) {
        // SAFETY: as above.
        unsafe { uv::uv_unref(self.raw) };
    }

    /// The poller, for whatever it has.
    pub fn watch_children(&self) -> Result<(), Errno> {
        // SAFETY: as above.
        checked(unsafe { uv::uv_poll_start(self.raw, uv::READABLE, on_children) })
    }

    /// A channel, for what it waits for. A hang-up is not told of to one that waits for nothing.
    pub fn watch_channel(&self, readable: bool, writable: bool) -> Result<(), Errno> {
        let events = if readable { uv::READABLE } else { 0 } | if writable { uv::WRITABLE } else { 0 };
        // SAFETY: as above.
        checked(unsafe { uv::uv_poll_start(self.raw, events, on_channel) })
    }

    /// The bell of a channel's ring.
    pub fn watch_bell(&self) -> Result<(), Errno> {
        // SAFETY: as above.
        checked(unsafe { uv::uv_poll_start(self.raw, uv::READABLE, on_bell) })
    }

    /// A timer.
    pub fn start(&self, milliseconds: u64) {
        // SAFETY: as above. Cannot fail: the handle is not closing and the callback is there.
        unsafe { uv::uv_timer_start(self.raw, on_time, milliseconds, 0) };
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: once.
        unsafe { uv::uv_close(self.raw, closed) };
    }
}

fn checked(status: c_int) -> Result<(), Errno> {
    if status == 0 {
        Ok(())
    } else {
        Err(Errno::from_raw_os_error(-status))
    }
}

fn layout(kind: c_int) -> Layout {
    // SAFETY: a pure function.
    let size = unsafe { uv::uv_handle_size(kind) };
    Layout::from_size_align(size, 16).expect("the size of a handle is small")
}

/// # Safety
/// A handle of this module that libuv has not let go of.
unsafe fn tag(raw: *mut uv::Handle) -> (Rc<dyn Wake>, u32) {
    // SAFETY: set when it was made, freed when it is closed. Cloned, since the handle may go while its event is handled.
    let tag = unsafe { &*uv::uv_handle_get_data(raw).cast::<Tag>() };
    (tag.wake.clone(), tag.id)
}

unsafe extern "C" fn on_children(raw: *mut uv::Handle, _status: c_int, _events: c_int) {
    // SAFETY: libuv passes what it was given; so below.
    let (wake, _) = unsafe { tag(raw) };
    wake.children();
}

unsafe extern "C" fn on_channel(raw: *mut uv::Handle, status: c_int, events: c_int) {
    // SAFETY: as above.
    let (wake, id) = unsafe { tag(raw) };
    let stopped = status < 0;
    let saw = |event| stopped || events & event != 0;
    wake.channel(id, Seen { readable: saw(uv::READABLE), writable: saw(uv::WRITABLE), stopped, rung: false });
}

unsafe extern "C" fn on_bell(raw: *mut uv::Handle, status: c_int, _events: c_int) {
    // SAFETY: as above.
    let (wake, id) = unsafe { tag(raw) };
    wake.channel(id, Seen { readable: false, writable: false, stopped: status < 0, rung: true });
}

unsafe extern "C" fn on_time(raw: *mut uv::Handle) {
    // SAFETY: as above.
    let (wake, id) = unsafe { tag(raw) };
    wake.time(id);
}

unsafe extern "C" fn closed(raw: *mut uv::Handle) {
    // SAFETY: libuv is done with it.
    unsafe {
        let tag = Box::from_raw(uv::uv_handle_get_data(raw).cast::<Tag>());
        std::alloc::dealloc(raw.cast(), layout(tag.kind));
    }
}
