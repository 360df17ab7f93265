//! Memory that two processes see: a file without a name, sealed so that nobody can shorten it under a mapping.

use rustix::fs::{
    fallocate, fcntl_add_seals, fcntl_get_seals, fstat, fstatfs, ftruncate, memfd_create, FallocateFlags, MemfdFlags, SealFlags,
};
use rustix::io::{Errno, Result};
use rustix::mm::{madvise, mmap, munmap, Advice, MapFlags, ProtFlags};
use std::ffi::{c_void, CStr};
use std::os::fd::{AsFd, OwnedFd};
use std::ptr::{self, NonNull};

/// What keeps a mapping safe to touch: the file can neither become shorter, which would be a SIGBUS, nor longer, nor lose these again.
const SEALS: SealFlags = SealFlags::SHRINK.union(SealFlags::GROW).union(SealFlags::SEAL);

/// Of tmpfs, in which the kernel keeps such files (TMPFS_MAGIC).
const TMPFS: i64 = 0x0102_1994;

/// A sealed file of zeros, close-on-exec. `name` is for people who read /proc.
pub fn create(name: &CStr, length: usize) -> Result<OwnedFd> {
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    // Since Linux 6.3 an administrator may forbid those that could be executed. Kernels before it do not know the flag.
    let file = match memfd_create(name, flags | MemfdFlags::NOEXEC_SEAL) {
        Err(Errno::INVAL) => memfd_create(name, flags)?,
        result => result?,
    };
    ftruncate(&file, length as u64)?;
    fcntl_add_seals(&file, SEALS)?;
    Ok(file)
}

/// Its length. Not to be relied on before [`Memory::map`] has found it sealed.
pub fn length(file: impl AsFd) -> Result<usize> {
    usize::try_from(fstat(file)?.st_size).map_err(|_| Errno::INVAL)
}

/// A mapping of such a file, for reading and writing. The file may be closed.
///
/// Another process may write to it at any time: what is in it is copied out before it is looked at.
#[derive(Debug)]
pub struct Memory {
    start: NonNull<u8>,
    length: usize,
}

// SAFETY: memory without an owner; that others write to it is known to whoever uses it.
unsafe impl Send for Memory {}
// SAFETY: as above; it hands out where it is, and nothing else.
unsafe impl Sync for Memory {}

impl Memory {
    /// Maps a file of anybody's making, if it is what [`create`] makes and has this length: [`Errno::PROTO`] says that it is not.
    pub fn map(file: impl AsFd, length: usize) -> Result<Self> {
        let file = file.as_fd();
        // Huge pages from elsewhere can be taken away behind a mapping, which is a SIGBUS as well.
        if fstatfs(file)?.f_type as i64 != TMPFS {
            return Err(Errno::PROTO);
        }
        let seals = fcntl_get_seals(file).map_err(|_| Errno::PROTO)?;
        if !seals.contains(SEALS) || self::length(file)? != length {
            return Err(Errno::PROTO);
        }
        Self::map_unsealed(file, length)
    }

    /// As [`Memory::map`] for a file that nobody but its owner can open, who could shorten it all the same.
    pub fn map_unsealed(file: impl AsFd, length: usize) -> Result<Self> {
        // SAFETY: a fresh mapping, wherever the kernel puts it, of a file that stays as long as it is.
        let start = unsafe { mmap(ptr::null_mut(), length, ProtFlags::READ | ProtFlags::WRITE, MapFlags::SHARED, file, 0)? };
        let start = NonNull::new(start.cast::<u8>()).expect("the kernel maps nothing at 0 unless asked to");
        Ok(Memory { start, length })
    }

    pub fn start(&self) -> NonNull<u8> {
        self.start
    }

    pub fn length(&self) -> usize {
        self.length
    }

    /// Memory behind these bytes, and this process's page tables filled in, at once instead of page by page when they are first touched.
    /// INVAL: this kernel does not know how to (before 5.14).
    pub fn populate(&self, from: usize, length: usize) -> Result<()> {
        if length == 0 {
            return Ok(());
        }
        if from.checked_add(length).is_none_or(|end| end > self.length) {
            return Err(Errno::FAULT);
        }
        loop {
            // SAFETY: within the mapping. What is there stays as it is.
            let result = unsafe { madvise(self.start.as_ptr().add(from).cast::<c_void>(), length, Advice::LinuxPopulateWrite) };
            if result != Err(Errno::INTR) {
                return result;
            }
        }
    }

    /// These bytes are zeros from now on, for all who map the file, and take no memory until somebody touches them.
    pub fn discard(&self, from: usize, length: usize) -> Result<()> {
        if from.checked_add(length).is_none_or(|end| end > self.length) {
            return Err(Errno::FAULT);
        }
        // SAFETY: within the mapping, which stays. Bytes that anybody may write to at any time may as well become zeros.
        unsafe { madvise(self.start.as_ptr().add(from).cast::<c_void>(), length, Advice::LinuxRemove) }
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        // SAFETY: mapped by `map` with this length, and given up here.
        let _unmapped = unsafe { munmap(self.start.as_ptr().cast::<c_void>(), self.length) };
    }
}

/// Memory for all of the file, at once.
pub fn allocate(file: impl AsFd, length: usize) -> Result<()> {
    fallocate(file, FallocateFlags::empty(), 0, length as u64)
}

/// Where the kernel promises no more than it has, a page that is first touched when there is none left is a SIGBUS: there it is allocated
/// now. Elsewhere only what no machine of this size could ever hold is refused.
pub fn reserve(file: impl AsFd, length: usize) -> Result<()> {
    let machine = rustix::system::sysinfo();
    let unit = (machine.mem_unit as usize).max(1);
    let most = (machine.totalram as usize).saturating_add(machine.totalswap as usize).saturating_mul(unit);
    if length > most {
        return Err(Errno::NOMEM);
    }
    if is_strict() {
        allocate(file, length)?;
    }
    Ok(())
}

fn is_strict() -> bool {
    // Where it cannot be read it is the default, which is not.
    std::fs::read_to_string("/proc/sys/vm/overcommit_memory").is_ok_and(|mode| mode.trim() == "2")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;

    #[test]
    fn what_one_mapping_is_written_the_other_shows() {
        let file = create(c"procs-test", 8192).unwrap();
        let (a, b) = (Memory::map(&file, 8192).unwrap(), Memory::map(&file, 8192).unwrap());
        drop(file);
        // SAFETY: within both.
        let seen = unsafe {
            a.start().as_ptr().add(8191).write_volatile(7);
            b.start().as_ptr().add(8191).read_volatile()
        };
        assert_eq!(seen, 7);
    }

    #[test]
    fn nobody_can_change_its_length() {
        let file = create(c"procs-test", 8192).unwrap();
        assert_eq!(ftruncate(&file, 4096), Err(Errno::PERM));
        assert_eq!(ftruncate(&file, 16384), Err(Errno::PERM));
        assert_eq!(fcntl_add_seals(&file, SealFlags::WRITE), Err(Errno::PERM));
    }

    #[test]
    fn what_could_become_shorter_is_not_mapped() {
        let refused = |file: &dyn AsFd, length| Memory::map(file.as_fd(), length).map(drop);
        let unsealed = memfd_create(c"procs-test", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING).unwrap();
        ftruncate(&unsealed, 8192).unwrap();
        assert_eq!(refused(&unsealed, 8192), Err(Errno::PROTO));
        fcntl_add_seals(&unsealed, SealFlags::SHRINK | SealFlags::GROW).unwrap();
        assert_eq!(refused(&unsealed, 8192), Err(Errno::PROTO), "the seals could not be added to, but they were not sealed");
        let file = File::open("/proc/self/exe").unwrap();
        assert_eq!(refused(&file, 8192), Err(Errno::PROTO));
        let (pipe, _writer) = rustix::pipe::pipe().unwrap();
        assert_eq!(refused(&pipe, 8192), Err(Errno::PROTO));
        let sealed = create(c"procs-test", 8192).unwrap();
        assert_eq!(refused(&sealed, 4096), Err(Errno::PROTO));
        assert_eq!(refused(&sealed, 8192), Ok(()));
    }
}
