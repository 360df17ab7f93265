//! What is known of a child between its start and its program.

use crate::process::launch::Progress;
use crate::process::{SpawnError, Step};
use rustix::io::{Errno, Result};
use rustix::mm::{mmap_anonymous, munmap, MapFlags, ProtFlags};
use std::ffi::c_void;
use std::ptr;
use std::sync::atomic::{AtomicI32, Ordering};

/// Where a forked child leaves what went wrong, in memory that fork does not copy.
#[repr(C)]
pub struct Failure {
    pub step: AtomicI32,
    /// 0, or the errno that kept the child from its program.
    pub errno: AtomicI32,
}

/// Shared with one child. Unmapping it here leaves the child's own mapping alone.
pub struct Report(*mut Failure);

// SAFETY: plain memory, and only atomics in it.
unsafe impl Send for Report {}

impl Report {
    pub fn new() -> Result<Report> {
        // SAFETY: a fresh mapping, zeroed, wherever the kernel puts it.
        let memory =
            unsafe { mmap_anonymous(ptr::null_mut(), size_of::<Failure>(), ProtFlags::READ | ProtFlags::WRITE, MapFlags::SHARED)? };
        Ok(Report(memory.cast()))
    }

    pub fn failure(&self) -> &Failure {
        // SAFETY: mapped as long as `self`.
        unsafe { &*self.0 }
    }
}

impl Drop for Report {
    fn drop(&mut self) {
        // SAFETY: mapped by `new` with this size, and no reference outlives `self`.
        let _unmapped = unsafe { munmap(self.0.cast::<c_void>(), size_of::<Failure>()) };
    }
}

/// A child on its way to exec.
pub struct Launch {
    /// `None`: posix_spawn came back, so the program runs.
    report: Option<Report>,
    ended: bool,
}

impl Launch {
    pub fn spawned() -> Self {
        Launch { report: None, ended: false }
    }

    pub fn forked(report: Report) -> Self {
        Launch { report: Some(report), ended: false }
    }

    pub fn progress(&self) -> Progress {
        let Some(report) = &self.report else { return Progress::Executed };
        // Nobody tells of a successful exec: only the end proves that nothing will be reported any more.
        if !self.ended {
            return Progress::UnderWay;
        }
        let failure = report.failure();
        match failure.errno.load(Ordering::Acquire) {
            0 => Progress::Executed,
            errno => Progress::Failed(SpawnError {
                step: Step::from_report(failure.step.load(Ordering::Relaxed)),
                errno: Errno::from_raw_os_error(errno),
            }),
        }
    }

    /// The child has been reaped.
    pub fn ended(&mut self) {
        self.ended = true;
    }

    /// Any signal may be sent at any time: no child shares memory with this process.
    pub fn wait_before(&self, _signal: i32) {}
}
