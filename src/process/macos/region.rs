use rustix::io::Result;
use rustix::mm::{mmap_anonymous, munmap, MapFlags, ProtFlags};
use std::ffi::c_void;
use std::ptr::{self, NonNull};
use std::time::Duration;

/// Memory of its own from the kernel: untouched parts of it cost nothing.
#[derive(Debug)]
pub struct Region {
    start: NonNull<u8>,
    capacity: usize,
}

// SAFETY: plain memory with one owner.
unsafe impl Send for Region {}

impl Region {
    pub fn new(capacity: usize) -> Result<Self> {
        // SAFETY: a fresh mapping, wherever the kernel puts it.
        let start = unsafe { mmap_anonymous(ptr::null_mut(), capacity, ProtFlags::READ | ProtFlags::WRITE, MapFlags::PRIVATE)? };
        Ok(Region { start: NonNull::new(start.cast::<u8>()).expect("the kernel maps nothing at 0 unless asked to"), capacity })
    }

    /// To another capacity, with all bytes below both. The kernel cannot move a mapping here, so it is copied.
    pub fn resize(&mut self, capacity: usize) -> Result<()> {
        let larger = Region::new(capacity)?;
        // SAFETY: two mappings, each of at least that size.
        unsafe { ptr::copy_nonoverlapping(self.start(), larger.start(), self.capacity.min(capacity)) };
        *self = larger;
        Ok(())
    }

    /// There is one size of pages only.
    pub fn filled_within(&mut self, _time: Duration) {}

    pub fn has_huge_pages(&self) -> bool {
        false
    }

    pub fn start(&self) -> *mut u8 {
        self.start.as_ptr()
    }

    pub fn capacity(&self) -> usize {
        self.capacity
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        // SAFETY: mapped by `new` with this size, and given up here.
        let _unmapped = unsafe { munmap(self.start.as_ptr().cast::<c_void>(), self.capacity) };
    }
}
