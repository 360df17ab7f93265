//! Limits of a child: checked and put into the kernel's form by the parent, set by the child itself on its way to exec.

use super::syscall::{syscall3, syscall4};
use crate::command::{Limits, Resource, ResourceLimit};
use rustix::io::{Errno, Result};
use rustix::thread::{capabilities, CapabilitySet};

/// Of numbers in a CPU set, which the kernel takes in words of this many bits.
const WORD: u32 = u64::BITS;
/// The kernel's own bound (CONFIG_NR_CPUS) is not above that anywhere.
const MOST_CPUS: u32 = 8192;
const NICEST: i32 = 19;
const LEAST_NICE: i32 = -20;

/// One limit as prlimit64 takes it: `soft` and `hard` are its `struct rlimit64`.
#[repr(C)]
struct KernelLimit {
    soft: u64,
    hard: u64,
    resource: usize,
}

/// What a child restricts itself to. Read by the child while its parent goes on, and changed by nobody.
pub struct Restrictions {
    limits: Box<[KernelLimit]>,
    nice: Option<i32>,
    cpus: Box<[u64]>,
}

/// `None` where there is nothing to do. What this process may not give a child is EPERM, as far as can be known before there is one.
pub fn restrictions(limits: &Limits) -> Result<Option<Restrictions>> {
    if limits.is_empty() {
        return Ok(None);
    }
    let kernel_limits = limits.resources.iter().map(kernel_limit).collect::<Result<_>>()?;
    if let Some(nice) = limits.nice {
        check_nice(nice)?;
    }
    Ok(Some(Restrictions { limits: kernel_limits, nice: limits.nice, cpus: cpu_set(&limits.cpus)? }))
}

fn number_of(resource: Resource) -> usize {
    // The libcs disagree about the type.
    let number = match resource {
        Resource::AddressSpace => libc::RLIMIT_AS,
        Resource::CoreSize => libc::RLIMIT_CORE,
        Resource::CpuTime => libc::RLIMIT_CPU,
        Resource::DataSize => libc::RLIMIT_DATA,
        Resource::FileSize => libc::RLIMIT_FSIZE,
        Resource::LockedMemory => libc::RLIMIT_MEMLOCK,
        Resource::OpenFiles => libc::RLIMIT_NOFILE,
        Resource::Processes => libc::RLIMIT_NPROC,
        Resource::StackSize => libc::RLIMIT_STACK,
    };
    number as usize
}

fn kernel_limit(limit: &ResourceLimit) -> Result<KernelLimit> {
    let resource = number_of(limit.resource);
    let own = own_hard_limit(resource)?;
    let hard = limit.hard.unwrap_or(own.max(limit.soft));
    if limit.soft > hard {
        return Err(Errno::INVAL);
    }
    if hard > own && !may(CapabilitySet::SYS_RESOURCE)? {
        return Err(Errno::PERM);
    }
    Ok(KernelLimit { soft: limit.soft, hard, resource })
}

fn own_hard_limit(resource: usize) -> Result<u64> {
    let mut own = libc::rlimit64 { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: no new limit, and room for the present one.
    let result = unsafe { syscall4(libc::SYS_prlimit64, 0, resource, 0, (&raw mut own) as usize) };
    checked(result).map(|()| own.rlim_max)
}

/// The kernel's own rule: who wants to be less nice needs the privilege, or a limit that allows it.
fn check_nice(nice: i32) -> Result<()> {
    if !(LEAST_NICE..=NICEST).contains(&nice) {
        return Err(Errno::INVAL);
    }
    // SAFETY: numbers only. The raw call's result is 20 less the value, so that it is never below zero but for an error.
    let raw = unsafe { syscall3(libc::SYS_getpriority, libc::PRIO_PROCESS as usize, 0, 0) };
    let own = 20 - i32::try_from(raw).map_err(|_| Errno::INVAL)?;
    let allowed = rustix::process::getrlimit(rustix::process::Resource::Nice).current.unwrap_or(u64::MAX);
    if nice >= own || (20 - nice) as u64 <= allowed || may(CapabilitySet::SYS_NICE)? {
        Ok(())
    } else {
        Err(Errno::PERM)
    }
}

fn may(capability: CapabilitySet) -> Result<bool> {
    Ok(capabilities(None)?.effective.contains(capability))
}

fn cpu_set(cpus: &[u32]) -> Result<Box<[u64]>> {
    let Some(last) = cpus.iter().max() else { return Ok(Box::default()) };
    if *last >= MOST_CPUS {
        return Err(Errno::INVAL);
    }
    let mut words = vec![0; (last / WORD + 1) as usize];
    for cpu in cpus {
        words[(cpu / WORD) as usize] |= 1 << (cpu % WORD);
    }
    Ok(words.into_boxed_slice())
}

fn checked(result: isize) -> Result<()> {
    if result < 0 {
        Err(Errno::from_raw_os_error(-result as i32))
    } else {
        Ok(())
    }
}

/// In the child: 0, or a negated errno. For its one thread, and so for the process that it becomes.
///
/// # Safety
/// On a child's way to exec: as all there is between clone and exec this makes raw system calls and nothing else.
#[inline(always)]
pub unsafe fn apply(restrictions: &Restrictions) -> isize {
    let mut limit = restrictions.limits.as_ptr();
    // SAFETY: pointers into the boxes of `restrictions`, which stay put; by hand, since an index out of bounds would panic.
    unsafe {
        let end = limit.add(restrictions.limits.len());
        while limit < end {
            let result = syscall4(libc::SYS_prlimit64, 0, (*limit).resource, limit as usize, 0);
            if result < 0 {
                return result;
            }
            limit = limit.add(1);
        }
        if let Some(nice) = restrictions.nice {
            let result = syscall3(libc::SYS_setpriority, libc::PRIO_PROCESS as usize, 0, nice as usize);
            if result < 0 {
                // EACCES would read as if it were the program's.
                return if result == -(libc::EACCES as isize) { -(libc::EPERM as isize) } else { result };
            }
        }
        if !restrictions.cpus.is_empty() {
            let bytes = restrictions.cpus.len() * size_of::<u64>();
            let result = syscall3(libc::SYS_sched_setaffinity, 0, bytes, restrictions.cpus.as_ptr() as usize);
            if result < 0 {
                return result;
            }
        }
    }
    0
}
