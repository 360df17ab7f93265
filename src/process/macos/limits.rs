//! Limits of a child. posix_spawn sets none, so such a child is forked, see `forked_child`.

use crate::command::{Limits, Resource, ResourceLimit};
use rustix::io::{Errno, Result};

type Number = libc::c_int;

/// In the kernel's form.
pub struct Restrictions {
    limits: Vec<(Number, libc::rlimit)>,
    nice: Option<i32>,
}

/// `None` where there is nothing to do. A thread cannot be kept to certain CPUs here.
pub fn restrictions(limits: &Limits) -> Result<Option<Restrictions>> {
    if limits.is_empty() {
        return Ok(None);
    }
    if !limits.cpus.is_empty() {
        return Err(Errno::NOTSUP);
    }
    let resources = limits.resources.iter().map(own_limit).collect::<Result<_>>()?;
    if let Some(nice) = limits.nice {
        check_nice(nice)?;
    }
    Ok(Some(Restrictions { limits: resources, nice: limits.nice }))
}

fn number_of(resource: Resource) -> Number {
    match resource {
        Resource::AddressSpace => libc::RLIMIT_AS,
        Resource::CoreSize => libc::RLIMIT_CORE,
        Resource::CpuTime => libc::RLIMIT_CPU,
        Resource::DataSize => libc::RLIMIT_DATA,
        Resource::FileSize => libc::RLIMIT_FSIZE,
        Resource::LockedMemory => libc::RLIMIT_MEMLOCK,
        Resource::OpenFiles => libc::RLIMIT_NOFILE,
        Resource::Processes => libc::RLIMIT_NPROC,
        Resource::StackSize => libc::RLIMIT_STACK,
    }
}

fn own_limit(limit: &ResourceLimit) -> Result<(Number, libc::rlimit)> {
    let resource = number_of(limit.resource);
    let mut own = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: room for one limit.
    if unsafe { libc::getrlimit(resource, &mut own) } != 0 {
        return Err(last_error());
    }
    // "Unlimited" has the highest bit clear here.
    let soft = limit.soft.min(libc::RLIM_INFINITY);
    let hard = limit.hard.map_or(own.rlim_max.max(soft), |hard| hard.min(libc::RLIM_INFINITY));
    if soft > hard {
        return Err(Errno::INVAL);
    }
    if hard > own.rlim_max && !is_root() {
        return Err(Errno::PERM);
    }
    Ok((resource, libc::rlimit { rlim_cur: soft, rlim_max: hard }))
}

fn check_nice(nice: i32) -> Result<()> {
    if !(-20..=19).contains(&nice) {
        return Err(Errno::INVAL);
    }
    // SAFETY: numbers only. -1 is a value as well; an error is not possible for the process itself.
    let own = unsafe { libc::getpriority(libc::PRIO_PROCESS, 0) };
    if nice >= own || is_root() {
        Ok(())
    } else {
        Err(Errno::PERM)
    }
}

fn is_root() -> bool {
    // SAFETY: reads a number.
    unsafe { libc::geteuid() == 0 }
}

fn last_error() -> Errno {
    Errno::from_io_error(&std::io::Error::last_os_error()).unwrap_or(Errno::INVAL)
}

/// In the child: the errno of the call that failed.
///
/// # Safety
/// Between fork and exec: calls that are async-signal-safe, and no allocation.
pub unsafe fn apply(restrictions: &Restrictions) -> std::result::Result<(), i32> {
    for (resource, limit) in &restrictions.limits {
        // SAFETY: one valid limit; below numbers, and this thread's own errno.
        unsafe {
            if libc::setrlimit(*resource, limit) != 0 {
                return Err(*libc::__error());
            }
        }
    }
    if let Some(nice) = restrictions.nice {
        // SAFETY: as above.
        unsafe {
            if libc::setpriority(libc::PRIO_PROCESS, 0, nice) != 0 {
                return Err(*libc::__error());
            }
        }
    }
    Ok(())
}
