//! Bytes from one descriptor to others without JavaScript, for what no kernel pipe can join: one output to several readers, or several
//! outputs to one.

mod copy;
mod outlet;

pub(super) use copy::copy;
pub(super) use outlet::{Outlet, Outlets, Stopped};

use super::{platform, WakeUp};
use rustix::io::{Errno, Result};
use rustix::net::{recv, shutdown, RecvFlags, Shutdown};
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::sync::Arc;

/// A thread that copies. Dropped, it stops.
pub struct Pump {
    stop: Arc<WakeUp>,
}

impl Pump {
    /// Copies `head` and then all that comes out of `from`, as fast as the slowest of `to` takes it. Who closes its end drops out; when
    /// none is left, `from` is closed. `done` is told on the pump's thread, unless it is stopped.
    pub fn start(from: OwnedFd, to: Vec<OwnedFd>, head: Vec<u8>, done: impl FnOnce(Result<()>) + Send + 'static) -> Result<Pump> {
        let stop = Arc::new(WakeUp::new()?);
        let stopped = stop.clone();
        let outlets = to.into_iter().map(Outlet::new).collect::<Result<Vec<_>>>()?;
        let thread = std::thread::Builder::new().name("procs-pump".into()).stack_size(256 * 1024);
        let work = move || {
            block_sigpipe();
            let mut outlets = Outlets::new(outlets, &stopped);
            let result = outlets.write(&head).and_then(|()| platform::pump(&from, &mut outlets));
            let failed = outlets.failed();
            // Readers see the end, and the writer a broken pipe, before anybody hears of it.
            break_pipe(from);
            drop(outlets);
            match result {
                Ok(()) => done(failed.map_or(Ok(()), Err)),
                Err(Stopped::Asked) => {}
                Err(Stopped::Because(errno)) => done(Err(errno)),
            }
        };
        thread.spawn(work).map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::AGAIN))?;
        Ok(Pump { stop })
    }
}

impl Drop for Pump {
    fn drop(&mut self) {
        self.stop.wake();
    }
}

/// Closes what is read from. A socket with bytes in it that nobody will read would give its writer ECONNRESET and no SIGPIPE; so it is
/// EPIPE, and SIGPIPE for all but a writer that is waiting in the middle of a write.
fn break_pipe(from: OwnedFd) {
    if shutdown(&from, Shutdown::Read).is_ok() {
        let mut unread = [MaybeUninit::<u8>::uninit(); 64 * 1024];
        while recv(&from, &mut unread, RecvFlags::DONTWAIT).is_ok_and(|((bytes, _), _)| !bytes.is_empty()) {}
    }
}

/// Splicing to a pipe that nobody reads raises it, and a handler of the application's must not get it. It is this thread's own, and goes
/// with it.
fn block_sigpipe() {
    // SAFETY: a set on this stack.
    unsafe {
        let mut set = std::mem::zeroed::<libc::sigset_t>();
        libc::sigemptyset(&raw mut set);
        libc::sigaddset(&raw mut set, libc::SIGPIPE);
        libc::pthread_sigmask(libc::SIG_BLOCK, &raw const set, std::ptr::null_mut());
    }
}
