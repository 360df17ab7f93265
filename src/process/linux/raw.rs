//! The kernel's door, without libc: for code that may not touch errno, and for the keeper, which has no libc.

use core::arch::asm;

/// A system call with up to six arguments. A negative result is a negated errno.
///
/// # Safety
/// As for the system call itself.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub unsafe fn syscall6(number: i64, a: usize, b: usize, c: usize, d: usize, e: usize, f: usize) -> isize {
    let result: isize;
    // SAFETY: the kernel's calling convention: it clobbers rcx and r11 and nothing else.
    unsafe {
        asm!(
            "syscall",
            inlateout("rax") number as isize => result,
            in("rdi") a, in("rsi") b, in("rdx") c, in("r10") d, in("r8") e, in("r9") f,
            lateout("rcx") _, lateout("r11") _,
            options(nostack),
        );
    }
    result
}

#[cfg(target_arch = "aarch64")]
#[inline(always)]
/// A system call with up to six arguments. A negative result is a negated errno.
///
/// # Safety
/// As for the system call itself.
pub unsafe fn syscall6(number: i64, a: usize, b: usize, c: usize, d: usize, e: usize, f: usize) -> isize {
    let result: isize;
    // SAFETY: the kernel's calling convention: only x0 changes.
    unsafe {
        asm!(
            "svc 0",
            in("x8") number,
            inlateout("x0") a => result,
            in("x1") b, in("x2") c, in("x3") d, in("x4") e, in("x5") f,
            options(nostack),
        );
    }
    result
}

/// # Safety
/// As for the system call itself.
#[inline(always)]
pub unsafe fn syscall3(number: i64, a: usize, b: usize, c: usize) -> isize {
    // SAFETY: the caller's promise; unused registers are ignored by the kernel.
    unsafe { syscall6(number, a, b, c, 0, 0, 0) }
}

/// # Safety
/// As for the system call itself.
#[inline(always)]
pub unsafe fn syscall4(number: i64, a: usize, b: usize, c: usize, d: usize) -> isize {
    // SAFETY: as in `syscall3`.
    unsafe { syscall6(number, a, b, c, d, 0, 0) }
}
