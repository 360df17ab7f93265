use rustix::io::Result;
use rustix::mm::{madvise, mmap_anonymous, mremap, munmap, Advice, MapFlags, MremapFlags, ProtFlags};
use std::ffi::c_void;
use std::ptr::{self, NonNull};
use std::time::Duration;

/// From here on huge pages pay: one fault for 2 MiB instead of 512.
const HUGE_FROM: usize = 4 << 20;

/// To clear a huge page and fill some of it takes 50 to 300 microseconds where there is memory behind it.
const SLOW: Duration = Duration::from_micros(700);

/// Memory of its own from the kernel: it grows by moving page tables instead of bytes, and untouched parts of it cost nothing.
#[derive(Debug)]
pub struct Region {
    start: NonNull<u8>,
    capacity: usize,
    huge_pages: bool,
}

// SAFETY: plain memory with one owner.
unsafe impl Send for Region {}

impl Region {
    pub fn new(capacity: usize) -> Result<Self> {
        // SAFETY: a fresh mapping, wherever the kernel puts it.
        let start = unsafe {
            mmap_anonymous(ptr::null_mut(), capacity, ProtFlags::READ | ProtFlags::WRITE, MapFlags::PRIVATE | MapFlags::NORESERVE)?
        };
        let mut region = Region { start: not_null(start), capacity, huge_pages: true };
        region.advise();
        Ok(region)
    }

    /// To another capacity, with all bytes below both.
    pub fn resize(&mut self, capacity: usize) -> Result<()> {
        // SAFETY: exactly what is mapped; nobody has a pointer into it while it is borrowed mutably.
        let start = unsafe { mremap(self.start.as_ptr().cast::<c_void>(), self.capacity, capacity, MremapFlags::MAYMOVE)? };
        (self.start, self.capacity) = (not_null(start), capacity);
        self.advise();
        Ok(())
    }

    fn advise(&mut self) {
        if self.capacity >= HUGE_FROM {
            let advice = if self.huge_pages { Advice::LinuxHugepage } else { Advice::LinuxNoHugepage };
            // SAFETY: only advice. A kernel without huge pages refuses it, and small ones do as well.
            self.huge_pages &= unsafe { madvise(self.start.as_ptr().cast::<c_void>(), self.capacity, advice) }.is_ok();
        }
    }

    /// Tells how much of this thread's time it took to fill some of it. A virtual machine that is given its memory only when it
    /// touches it waits for its host at every huge page that it has not used before, while the small ones that come first are those
    /// that were in use a moment ago: then those are better.
    pub fn filled_within(&mut self, time: Duration) {
        if self.huge_pages && time > SLOW {
            self.huge_pages = false;
            self.advise();
        }
    }

    /// Whether [`Region::filled_within`] wants to know.
    pub fn has_huge_pages(&self) -> bool {
        self.huge_pages && self.capacity >= HUGE_FROM
    }

    pub fn start(&self) -> *mut u8 {
        self.start.as_ptr()
    }

    pub fn capacity(&self) -> usize {
        self.capacity
    }
}

fn not_null(start: *mut c_void) -> NonNull<u8> {
    NonNull::new(start.cast::<u8>()).expect("the kernel maps nothing at 0 unless asked to")
}

impl Drop for Region {
    fn drop(&mut self) {
        // SAFETY: mapped by `new` or `resize` with this size, and given up here.
        let _unmapped = unsafe { munmap(self.start.as_ptr().cast::<c_void>(), self.capacity) };
    }
}
