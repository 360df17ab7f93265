//! Tells another process that this one is about to end, before the kernel has taken it apart.
//!
//! A process that is killed gives back its memory first and closes its descriptors then: some milliseconds where there is much of it. But what only one
//! of its threads has is closed when that thread ends, and they all end at once. So a thread has a table of descriptors of its own, with nothing in it
//! but the one whose other end somebody watches.

use rustix::io::{fcntl_setfd, FdFlags};
use std::io;
use std::mem;
use std::os::fd::{AsRawFd, OwnedFd};
use std::ptr;
use std::sync::mpsc::{channel, Receiver, Sender};
use std::thread::{park, Builder};

/// Linux 5.9. Unlike unshare(2) it is allowed in containers.
const CLOSE_RANGE_UNSHARE: libc::c_uint = 2;
const STACK: usize = 128 * 1024;

pub struct Lifeline {
    fd: OwnedFd,
    /// Says that the thread has it; nothing, where that cannot be.
    is_held: Receiver<()>,
}

impl Lifeline {
    /// Children of this process do not get it.
    pub fn hold(fd: OwnedFd) -> io::Result<Self> {
        fcntl_setfd(&fd, FdFlags::CLOEXEC)?;
        let number = fd.as_raw_fd();
        let (told, is_held) = channel();
        let thread = Builder::new().name("procs-lifeline".into()).stack_size(STACK);
        // What a handler of the process's does with descriptors would not work there.
        let spawned = without_signals(|| thread.spawn(move || keep(number, &told)));
        match spawned {
            Ok(_detached) => Ok(Lifeline { fd, is_held }),
            Err(error) => {
                // It stays open for as long as the process lives.
                mem::forget(fd);
                Err(error)
            }
        }
    }

    /// From here on the thread alone has it.
    pub fn settle(self) {
        if self.is_held.recv().is_err() {
            mem::forget(self.fd);
        }
    }
}

fn keep(fd: i32, told: &Sender<()>) {
    let number = fd as libc::c_uint;
    // SAFETY: no memory is involved. What is closed is a copy that this thread has got just now.
    let is_alone = unsafe {
        libc::syscall(libc::SYS_close_range, number + 1, libc::c_uint::MAX, CLOSE_RANGE_UNSHARE) == 0
            && (number == 0 || libc::syscall(libc::SYS_close_range, 0, number - 1, 0) == 0)
    };
    if !is_alone || told.send(()).is_err() {
        return;
    }
    loop {
        park();
    }
}

fn without_signals<T>(act: impl FnOnce() -> T) -> T {
    // SAFETY: sets of this thread's own, which are filled before they are read.
    unsafe {
        let (mut all, mut before) = (mem::zeroed::<libc::sigset_t>(), mem::zeroed::<libc::sigset_t>());
        libc::sigfillset(&raw mut all);
        libc::pthread_sigmask(libc::SIG_SETMASK, &raw const all, &raw mut before);
        let result = act();
        libc::pthread_sigmask(libc::SIG_SETMASK, &raw const before, ptr::null_mut());
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::io::{fcntl_getfd, Errno};

    #[test]
    fn the_thread_alone_keeps_it_open() {
        let (ours, theirs) = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC).unwrap();
        let number = theirs.as_raw_fd();
        Lifeline::hold(theirs).unwrap().settle();
        // SAFETY: only asked about. Nobody opens anything meanwhile that could take its number, or it is no pipe's end.
        let is_closed = fcntl_getfd(unsafe { std::os::fd::BorrowedFd::borrow_raw(number) }) == Err(Errno::BADF);
        rustix::io::ioctl_fionbio(&ours, true).unwrap();
        // Somebody could still write to it.
        assert_eq!(rustix::io::read(&ours, &mut [0u8; 1]), Err(Errno::AGAIN), "closed here: {is_closed}");
    }
}
