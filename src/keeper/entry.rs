//! From the kernel's hands to [`keep`](crate::keep).

use crate::raw::syscall3;
use core::arch::global_asm;

#[cfg(target_arch = "x86_64")]
const EXIT_GROUP: i64 = 231;
#[cfg(target_arch = "aarch64")]
const EXIT_GROUP: i64 = 94;

// The kernel starts a program with its arguments on the stack.
#[cfg(target_arch = "x86_64")]
global_asm!(".globl _start", "_start:", "xor ebp, ebp", "mov rdi, rsp", "and rsp, -16", "call {begin}", "ud2", begin = sym begin);
#[cfg(target_arch = "aarch64")]
global_asm!(".globl _start", "_start:", "mov x29, xzr", "mov x30, xzr", "mov x0, sp", "bl {begin}", "brk 1", begin = sym begin);

/// # Safety
/// `stack` is as the kernel left it: the count, then as many pointers to C strings.
unsafe extern "C" fn begin(stack: *const usize) -> ! {
    // SAFETY: the caller's promise.
    let base = unsafe {
        match *stack {
            2 => number(*stack.add(2) as *const u8),
            _ => None,
        }
    };
    exit(base.map_or(2, crate::keep))
}

/// # Safety
/// `digits` is a C string.
unsafe fn number(mut digits: *const u8) -> Option<u64> {
    let mut number = 0u64;
    // SAFETY: up to the NUL.
    unsafe {
        while *digits != 0 {
            let digit = (*digits).checked_sub(b'0').filter(|digit| *digit < 10)?;
            number = number.checked_mul(10)?.checked_add(u64::from(digit))?;
            digits = digits.add(1);
        }
    }
    Some(number)
}

fn exit(code: i32) -> ! {
    loop {
        // SAFETY: a number.
        unsafe { syscall3(EXIT_GROUP, code as usize, 0, 0) };
    }
}

#[panic_handler]
fn panic(_info: &core::panic::PanicInfo) -> ! {
    exit(3)
}
