//! Memory that a child borrows until it has left it by exec or exit: a stack, and a page that says how it went.

use rustix::mm::{mmap_anonymous, mprotect, MapFlags, MprotectFlags, ProtFlags};
use std::ffi::c_void;
use std::ptr;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::Mutex;
use std::time::{Duration, Instant};

const GUARD: usize = 4096 * 16;
const STACK: usize = 4096 * 16;

/// What the child reports, in memory that is shared even where clone turned out to copy (qemu-user, CLONE_VM refused).
#[repr(C)]
pub struct Report {
    /// Set by the parent, cleared by the kernel when the child has left this memory (CLONE_CHILD_CLEARTID).
    pub occupied: AtomicI32,
    /// 0, or the errno that kept the child from its program.
    pub errno: AtomicI32,
    /// Which step failed, see [`super::super::Step`].
    pub step: AtomicI32,
}

/// One stack and one report page. Never unmapped, only pooled: a child may still be running on it when its owner is gone.
pub struct LaunchPad {
    stack_top: *mut u8,
    report: *mut Report,
}

// SAFETY: plain memory; who holds the pad is the only one to use it besides the child, which is what the atomics are for.
unsafe impl Send for LaunchPad {}

static POOL: Mutex<Vec<LaunchPad>> = Mutex::new(Vec::new());
/// More than that many idle pads are of no use: a turn starts a few children, not hundreds.
const KEEP: usize = 64;

impl LaunchPad {
    /// A free pad from the pool, or a new one.
    pub fn take() -> rustix::io::Result<LaunchPad> {
        let pooled = POOL.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).pop();
        let pad = match pooled {
            Some(pad) => pad,
            None => LaunchPad::map()?,
        };
        let report = pad.report();
        report.errno.store(0, Ordering::Relaxed);
        report.step.store(0, Ordering::Relaxed);
        report.occupied.store(1, Ordering::Release);
        Ok(pad)
    }

    fn map() -> rustix::io::Result<LaunchPad> {
        let read_write = ProtFlags::READ | ProtFlags::WRITE;
        // SAFETY: fresh anonymous mappings, wherever the kernel puts them.
        unsafe {
            let stack = mmap_anonymous(ptr::null_mut(), GUARD + STACK, read_write, MapFlags::PRIVATE | MapFlags::NORESERVE)?;
            mprotect(stack, GUARD, MprotectFlags::empty())?;
            let report = match mmap_anonymous(ptr::null_mut(), size_of::<Report>(), read_write, MapFlags::SHARED) {
                Ok(report) => report,
                Err(errno) => {
                    let _unused = rustix::mm::munmap(stack, GUARD + STACK);
                    return Err(errno);
                }
            };
            Ok(LaunchPad { stack_top: stack.cast::<u8>().add(GUARD + STACK), report: report.cast::<Report>() })
        }
    }

    /// Upper end of the child's stack, page-aligned.
    pub fn stack_top(&self) -> *mut u8 {
        self.stack_top
    }

    pub fn report(&self) -> &Report {
        // SAFETY: mapped by `map`, never unmapped, and only atomics inside.
        unsafe { &*self.report }
    }

    pub fn report_ptr(&self) -> *const Report {
        self.report
    }

    /// Blocks until the kernel has said that the child left, or for a second.
    pub fn wait_until_left(&self) {
        let occupied = &self.report().occupied;
        let deadline = Instant::now() + Duration::from_secs(1);
        while occupied.load(Ordering::Acquire) != 0 && Instant::now() < deadline {
            let timeout = libc::timespec { tv_sec: 0, tv_nsec: 50_000_000 };
            // SAFETY: the word stays mapped; the kernel wakes it when it clears it.
            unsafe { libc::syscall(libc::SYS_futex, occupied.as_ptr(), libc::FUTEX_WAIT, 1, &raw const timeout) };
        }
    }

    /// Back into the pool. Only for a pad whose child has left it.
    pub fn give_back(self) {
        let mut pool = POOL.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if pool.len() < KEEP {
            pool.push(self);
        } else {
            drop(pool);
            // SAFETY: mapped by `map` with these sizes; nobody runs on it any more.
            unsafe {
                let stack = self.stack_top.sub(GUARD + STACK).cast::<c_void>();
                let _stack = rustix::mm::munmap(stack, GUARD + STACK);
                let _report = rustix::mm::munmap(self.report.cast::<c_void>(), size_of::<Report>());
            }
        }
    }
}
