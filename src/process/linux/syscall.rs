//! System calls for the code between clone and exec: no errno (it is thread-local, and the thread is the parent's), no libc.

pub use super::raw::{syscall3, syscall4};
use std::arch::asm;

/// `clone` with a stack of its own for the child, which runs `entry(argument)` and never returns.
/// `parent_tid` receives the pidfd (CLONE_PIDFD), `child_tid` is cleared by the kernel (CLONE_CHILD_CLEARTID).
///
/// # Safety
/// `stack_top` is the 16-byte aligned upper end of memory that stays the child's until it has called exec or has ended, and so do
/// `argument` and `child_tid`. `entry` must not touch thread-local state of the parent.
#[cfg(target_arch = "x86_64")]
pub unsafe fn clone(
    flags: usize,
    stack_top: *mut u8,
    parent_tid: *mut i32,
    child_tid: *mut i32,
    entry: unsafe extern "C" fn(*mut u8) -> !,
    argument: *mut u8,
) -> isize {
    let result: isize;
    // SAFETY: the child starts behind `syscall` with rax 0 and the new stack, keeps r12 and r13, and leaves through `entry`.
    unsafe {
        asm!(
            "syscall",
            "test rax, rax",
            "jnz 2f",
            "xor ebp, ebp",
            "mov rdi, r12",
            "call r13",
            "ud2",
            "2:",
            inlateout("rax") libc::SYS_clone as isize => result,
            in("rdi") flags, in("rsi") stack_top, in("rdx") parent_tid, in("r10") child_tid, in("r8") 0usize,
            in("r12") argument, in("r13") entry,
            lateout("rcx") _, lateout("r11") _,
        );
    }
    result
}

/// `clone` with a stack of its own for the child, which runs `entry(argument)` and never returns.
/// `parent_tid` receives the pidfd (CLONE_PIDFD), `child_tid` is cleared by the kernel (CLONE_CHILD_CLEARTID).
///
/// # Safety
/// `stack_top` is the 16-byte aligned upper end of memory that stays the child's until it has called exec or has ended, and so do
/// `argument` and `child_tid`. `entry` must not touch thread-local state of the parent.
#[cfg(target_arch = "aarch64")]
pub unsafe fn clone(
    flags: usize,
    stack_top: *mut u8,
    parent_tid: *mut i32,
    child_tid: *mut i32,
    entry: unsafe extern "C" fn(*mut u8) -> !,
    argument: *mut u8,
) -> isize {
    let result: isize;
    // SAFETY: the child starts behind `svc` with x0 0 and the new stack, keeps x20 and x21, and leaves through `entry`.
    // Arguments are in this architecture's order: tls comes before child_tid.
    unsafe {
        asm!(
            "svc 0",
            "cbnz x0, 2f",
            "mov x29, xzr",
            "mov x0, x20",
            "blr x21",
            "brk 1",
            "2:",
            in("x8") libc::SYS_clone,
            inlateout("x0") flags => result,
            in("x1") stack_top, in("x2") parent_tid, in("x3") 0usize, in("x4") child_tid,
            in("x20") argument, in("x21") entry,
            lateout("x30") _,
        );
    }
    result
}
