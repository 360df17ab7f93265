//! The few system calls that this takes. Results below 0 are negated errnos.

use super::super::raw::{syscall3, syscall4, syscall6};

#[cfg(target_arch = "x86_64")]
mod number {
    pub const READ: i64 = 0;
    pub const CLOSE: i64 = 3;
    pub const MMAP: i64 = 9;
    pub const MUNMAP: i64 = 11;
    pub const GETPID: i64 = 39;
    pub const GETDENTS64: i64 = 217;
    pub const CLOCK_GETTIME: i64 = 228;
    pub const OPENAT: i64 = 257;
    pub const PPOLL: i64 = 271;
    pub const PRLIMIT64: i64 = 302;
}

#[cfg(target_arch = "aarch64")]
mod number {
    pub const READ: i64 = 63;
    pub const CLOSE: i64 = 57;
    pub const MMAP: i64 = 222;
    pub const MUNMAP: i64 = 215;
    pub const GETPID: i64 = 172;
    pub const GETDENTS64: i64 = 61;
    pub const CLOCK_GETTIME: i64 = 113;
    pub const OPENAT: i64 = 56;
    pub const PPOLL: i64 = 73;
    pub const PRLIMIT64: i64 = 261;
}

// The same on both.
const PIDFD_SEND_SIGNAL: i64 = 424;
const PIDFD_OPEN: i64 = 434;

pub const SIGKILL: i32 = 9;
pub const SIGCONT: i32 = 18;
pub const SIGSTOP: i32 = 19;

pub const EPERM: i32 = 1;
pub const ESRCH: i32 = 3;
pub const EACCES: i32 = 13;
pub const ETIMEDOUT: i32 = 110;

const RLIMIT_LOCKS: usize = 10;
const POLLIN: i16 = 1;
const AT_FDCWD: isize = -100;
const O_DIRECTORY_X86_64: usize = 0o200_000;
const O_DIRECTORY_AARCH64: usize = 0o40_000;
const O_DIRECTORY: usize = if cfg!(target_arch = "aarch64") { O_DIRECTORY_AARCH64 } else { O_DIRECTORY_X86_64 };
const O_CLOEXEC: usize = 0o2_000_000;

/// Closed when it goes.
pub struct Descriptor(i32);

impl Descriptor {
    fn from_result(result: isize) -> Result<Descriptor, i32> {
        if result < 0 {
            Err(-result as i32)
        } else {
            Ok(Descriptor(result as i32))
        }
    }

    pub fn raw(&self) -> i32 {
        self.0
    }
}

impl Drop for Descriptor {
    fn drop(&mut self) {
        // SAFETY: ours, and nobody has it after this.
        unsafe { syscall3(number::CLOSE, self.0 as usize, 0, 0) };
    }
}

/// `path` ends with a NUL.
pub fn open(path: &[u8], directory: bool) -> Result<Descriptor, i32> {
    let flags = if directory { O_CLOEXEC | O_DIRECTORY } else { O_CLOEXEC };
    debug_assert!(path.ends_with(&[0]));
    // SAFETY: a C string that lives through the call.
    Descriptor::from_result(unsafe { syscall4(number::OPENAT, AT_FDCWD as usize, path.as_ptr() as usize, flags, 0) })
}

pub fn read(fd: &Descriptor, buffer: &mut [u8]) -> isize {
    // SAFETY: the buffer is as long as is said.
    unsafe { syscall3(number::READ, fd.0 as usize, buffer.as_mut_ptr() as usize, buffer.len()) }
}

pub fn read_directory(fd: &Descriptor, buffer: &mut [u8]) -> isize {
    // SAFETY: as above.
    unsafe { syscall3(number::GETDENTS64, fd.0 as usize, buffer.as_mut_ptr() as usize, buffer.len()) }
}

/// Soft and hard RLIMIT_LOCKS of a process; 0 is this one.
pub fn limits_of(pid: i32) -> Result<[u64; 2], i32> {
    let mut limits = [0u64; 2];
    // SAFETY: the kernel writes two 64-bit numbers.
    let result = unsafe { syscall4(number::PRLIMIT64, pid as usize, RLIMIT_LOCKS, 0, limits.as_mut_ptr() as usize) };
    if result < 0 {
        Err(-result as i32)
    } else {
        Ok(limits)
    }
}

pub fn open_process(pid: i32) -> Result<Descriptor, i32> {
    // SAFETY: numbers only. Close-on-exec by itself.
    Descriptor::from_result(unsafe { syscall3(PIDFD_OPEN, pid as usize, 0, 0) })
}

pub fn signal(process: &Descriptor, signal: i32) -> Result<(), i32> {
    // SAFETY: numbers, and no siginfo.
    let result = unsafe { syscall4(PIDFD_SEND_SIGNAL, process.0 as usize, signal as usize, 0, 0) };
    if result < 0 {
        Err(-result as i32)
    } else {
        Ok(())
    }
}

pub fn own_pid() -> i32 {
    // SAFETY: no arguments.
    unsafe { syscall3(number::GETPID, 0, 0, 0) as i32 }
}

/// As the kernel's `struct pollfd`. A negative descriptor is passed over.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Polled {
    fd: i32,
    events: i16,
    returned: i16,
}

impl Polled {
    pub const NONE: Polled = Polled { fd: -1, events: 0, returned: 0 };

    pub fn readable(fd: i32) -> Polled {
        Polled { fd, events: POLLIN, returned: 0 }
    }

    pub fn is_awaited(&self) -> bool {
        self.fd >= 0
    }

    pub fn is_ready(&self) -> bool {
        self.is_awaited() && self.returned != 0
    }
}

/// Returns when one is ready, when the time is over, or when a signal came. `None` waits for ever.
pub fn poll(fds: &mut [Polled], milliseconds: Option<u64>) {
    let time = milliseconds.map(|milliseconds| [(milliseconds / 1000) as i64, (milliseconds % 1000 * 1_000_000) as i64]);
    let time = time.as_ref().map_or(core::ptr::null(), |time| time.as_ptr());
    for polled in fds.iter_mut() {
        polled.returned = 0;
    }
    // SAFETY: an array of that length, a timespec or none, no signal mask.
    unsafe { syscall6(number::PPOLL, fds.as_mut_ptr() as usize, fds.len(), time as usize, 0, 8, 0) };
}

/// Blocks until this descriptor is readable.
pub fn wait_readable(fd: i32) {
    let mut fds = [Polled::readable(fd)];
    while !fds[0].is_ready() {
        poll(&mut fds, None);
    }
}

/// Blocks for as long as that, unless a signal comes.
pub fn pause(milliseconds: u64) {
    poll(&mut [], Some(milliseconds));
}

/// Milliseconds of the monotonic clock.
pub fn now() -> u64 {
    let mut time = [0i64; 2];
    // SAFETY: the kernel writes a timespec; 1 is CLOCK_MONOTONIC.
    unsafe { syscall3(number::CLOCK_GETTIME, 1, time.as_mut_ptr() as usize, 0) };
    time[0] as u64 * 1000 + time[1] as u64 / 1_000_000
}

/// A point in time that nothing waits beyond.
#[derive(Clone, Copy)]
pub struct Deadline(u64);

impl Deadline {
    pub fn after(milliseconds: u64) -> Self {
        Deadline(now() + milliseconds)
    }

    pub fn left(self) -> u64 {
        self.0.saturating_sub(now())
    }

    pub fn is_over(self) -> bool {
        self.left() == 0
    }
}

/// One bit for each number that a pid can have (PID_MAX_LIMIT). Memory that nobody touches costs nothing.
pub struct Pids(*mut u8);

const MOST_PIDS: usize = 1 << 22;

impl Pids {
    pub fn new() -> Result<Self, i32> {
        // SAFETY: fresh memory wherever the kernel puts it: readable and writable (3), private and anonymous and not reserved (0x4022).
        let result = unsafe { syscall6(number::MMAP, 0, MOST_PIDS / 8, 3, 0x4022, usize::MAX, 0) };
        if result < 0 {
            Err(-result as i32)
        } else {
            Ok(Pids(result as *mut u8))
        }
    }

    /// Whether it was not there before.
    pub fn insert(&mut self, pid: i32) -> bool {
        let pid = pid as usize % MOST_PIDS;
        // SAFETY: within the mapping.
        let byte = unsafe { &mut *self.0.add(pid / 8) };
        let bit = 1 << (pid % 8);
        let new = *byte & bit == 0;
        *byte |= bit;
        new
    }
}

impl Drop for Pids {
    fn drop(&mut self) {
        // SAFETY: mapped by `new` with that length.
        unsafe { syscall3(number::MUNMAP, self.0 as usize, MOST_PIDS / 8, 0) };
    }
}
