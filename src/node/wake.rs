use super::handle::{Handle, Wake};
use super::uv;
use rustix::io::Errno;
use std::os::fd::RawFd;
use std::rc::Rc;
use std::time::Duration;

/// An environment's place on Node's loop: a handle for its children, one for what has to wait, and as many as it has channels.
pub struct Watch {
    event_loop: *mut uv::Loop,
    children: Handle,
    timer: Handle,
    lull: Handle,
    wake: Rc<dyn Wake>,
}

/// Of the timers.
const SOON: u32 = 0;
pub const LULL: u32 = 1;

impl Watch {
    /// # Safety
    /// On the thread of `event_loop`, which outlives this, as does `children`.
    pub unsafe fn new(event_loop: *mut uv::Loop, children: RawFd, wake: Rc<dyn Wake>) -> Result<Self, Errno> {
        // SAFETY: the caller's promise.
        let (children, timer, lull) = unsafe {
            let timer = |id| Handle::timer(event_loop, wake.clone(), id);
            (Handle::poll(event_loop, children, wake.clone(), 0)?, timer(SOON)?, timer(LULL)?)
        };
        children.watch_children()?;
        Ok(Watch { event_loop, children, timer, lull, wake })
    }

    /// Keeps the loop alive.
    pub fn reference(&self) {
        self.children.reference();
    }

    pub fn unreference(&self) {
        self.children.unreference();
    }

    /// Comes back after `delay`, in the next turn at the earliest.
    pub fn wake_after(&self, delay: Duration) {
        // libuv counts whole milliseconds.
        self.timer.start(delay.as_micros().div_ceil(1000) as u64);
    }

    /// Comes back after `delay` for what has time, in the place of what was said before.
    pub fn look_after(&self, delay: Duration) {
        self.lull.start(delay.as_millis() as u64);
    }

    /// A handle of its own for a channel: libuv then wakes nobody but it. It must go before `fd` does.
    pub fn channel(&self, fd: RawFd, id: u32) -> Result<Handle, Errno> {
        // SAFETY: as for `new`; that the descriptor stays is the caller's part.
        unsafe { Handle::poll(self.event_loop, fd, self.wake.clone(), id) }
    }

    /// Likewise for the bell of its ring.
    pub fn bell(&self, fd: RawFd, id: u32) -> Result<Handle, Errno> {
        let handle = self.channel(fd, id)?;
        handle.watch_bell()?;
        Ok(handle)
    }
}
