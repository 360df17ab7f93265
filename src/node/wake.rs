use super::uv;
use std::ptr;
use std::time::Duration;

/// The handles on Node's loop: one for what is ready, one for what has to wait.
pub struct Watch {
    poll: *mut uv::Handle,
    timer: *mut uv::Handle,
    on_timer: uv::TimerCallback,
}

impl Watch {
    /// Both handles are initialised, and live until [`Watch::close`].
    pub fn new(poll: *mut uv::Handle, timer: *mut uv::Handle, on_timer: uv::TimerCallback) -> Self {
        Watch { poll, timer, on_timer }
    }

    /// Keeps the loop alive.
    pub fn reference(&self) {
        if !self.poll.is_null() {
            // SAFETY: not null, so not closed yet.
            unsafe { uv::uv_ref(self.poll) };
        }
    }

    pub fn unreference(&self) {
        if !self.poll.is_null() {
            // SAFETY: as above.
            unsafe { uv::uv_unref(self.poll) };
        }
    }

    /// Comes back after `delay`, in the next turn at the earliest.
    pub fn wake_after(&self, delay: Duration) {
        if !self.timer.is_null() {
            // libuv counts whole milliseconds.
            let milliseconds = delay.as_micros().div_ceil(1000) as u64;
            // SAFETY: as above.
            unsafe { uv::uv_timer_start(self.timer, self.on_timer, milliseconds, 0) };
        }
    }

    /// The handles are about to go.
    pub fn close(&mut self) {
        self.poll = ptr::null_mut();
        self.timer = ptr::null_mut();
    }
}
