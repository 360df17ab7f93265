//! How much memory may be used before somebody has to give some back.

use super::cgroup::{Cgroups, Hierarchy, Version};
use super::files::{field, Root};
use std::path::Path;

/// Available, and in all: what the machine has, or the innermost limit that leaves less.
pub fn available(root: &Root, cgroups: &Cgroups) -> (Option<u64>, Option<u64>) {
    let machine = root.read("/proc/meminfo").unwrap_or_default();
    let bytes = |name| field(&machine, name).map(|kibibytes| kibibytes * 1024);
    let (mut available, mut total) = (bytes("MemAvailable"), bytes("MemTotal"));
    if let Some(Hierarchy { version, folders }) = &cgroups.memory {
        for folder in folders {
            let Some((limit, left)) = left_in(root, *version, folder) else { continue };
            available = Some(available.map_or(left, |known| known.min(left)));
            total = Some(total.map_or(limit, |known| known.min(limit)));
        }
    }
    (available, total)
}

/// Its limit, and what is left of it. None: it has none.
fn left_in(root: &Root, version: Version, folder: &Path) -> Option<(u64, u64)> {
    let number = |name: &str| root.number(folder.join(name));
    let (limit, used, cached) = match version {
        // Above `high` its processes are slowed down until they have given memory back: nobody wants to be there.
        Version::Two => (number("memory.max").into_iter().chain(number("memory.high")).min()?, number("memory.current")?, "inactive_file"),
        Version::One => (number("memory.limit_in_bytes")?, number("memory.usage_in_bytes")?, "total_inactive_file"),
    };
    // Version 1 says "none" with a number that is larger than any machine.
    if limit >= 1 << 62 {
        return None;
    }
    let statistics = root.read(folder.join("memory.stat")).unwrap_or_default();
    // Pages of files that nobody has used lately, and caches of the kernel's, are given back when they are wanted.
    let reclaimable = field(&statistics, cached).unwrap_or(0) + field(&statistics, "slab_reclaimable").unwrap_or(0);
    Some((limit, limit.saturating_sub(used.saturating_sub(reclaimable))))
}
