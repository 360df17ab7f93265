//! Whether it was the kernel that has killed somebody, because there was no memory left.

use super::cgroup::{Cgroups, Version};
use super::files::{field, Root};
use std::path::PathBuf;

/// Counts what has not been accounted for. The kernel counts before it kills, so a death is never seen before its count.
#[derive(Debug)]
pub struct OomKills {
    root: Root,
    file: PathBuf,
    known: u64,
}

impl OomKills {
    /// Those until now are nobody's here.
    pub fn new() -> Self {
        OomKills::at(Root::default())
    }

    pub(super) fn at(root: Root) -> Self {
        let file = file(&root);
        let known = count(&root, &file).unwrap_or(0);
        OomKills { root, file, known }
    }

    /// To be asked when a process was ended by a SIGKILL that nobody here has sent. true: so was it; once for each.
    pub fn take(&mut self) -> bool {
        let now = count(&self.root, &self.file).unwrap_or(0);
        let has_happened = now > self.known;
        self.known += u64::from(has_happened);
        has_happened
    }
}

impl Default for OomKills {
    fn default() -> Self {
        OomKills::new()
    }
}

/// Of the innermost cgroup, where what we start is as well. Without one, of the whole machine.
fn file(root: &Root) -> PathBuf {
    let own = Cgroups::find(root).memory.and_then(|memory| {
        let name = match memory.version {
            Version::Two => "memory.events",
            Version::One => "memory.oom_control",
        };
        memory.folders.first().map(|folder| folder.join(name))
    });
    own.filter(|file| count(root, file).is_some()).unwrap_or_else(|| PathBuf::from("/proc/vmstat"))
}

/// All three of them call it the same.
fn count(root: &Root, file: &PathBuf) -> Option<u64> {
    field(&root.read(file)?, "oom_kill")
}
