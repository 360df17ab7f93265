mod cgroup;
mod cpu;
mod files;
mod memory;
mod oom_kills;
mod pressure;
mod process;

pub use oom_kills::OomKills;
pub use process::sample;

use super::{Snapshot, Surroundings};
use cgroup::Cgroups;
use cpu::CpuTime;
use files::Root;
use std::time::{Duration, Instant};

/// A snapshot is good for so long: what is asked more often is asked in one turn.
const FRESH: Duration = Duration::from_millis(100);

/// CPUs that this process may run on, as far as the quota of its cgroups goes; at least 1.
pub fn cpus() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Reads what the kernel says of memory and CPUs, of this machine and of the cgroups that we are in.
#[derive(Debug)]
pub struct Machine {
    root: Root,
    cgroups: Option<Cgroups>,
    cpu: CpuTime,
    last: Option<(Instant, Snapshot)>,
}

impl Machine {
    /// Reads nothing yet.
    pub fn new() -> Self {
        Machine::at(Root::default())
    }

    fn at(root: Root) -> Self {
        Machine { root, cgroups: None, cpu: CpuTime::default(), last: None }
    }

    fn look(&mut self, now: Instant) -> Snapshot {
        let root = &self.root;
        let cgroups = self.cgroups.get_or_insert_with(|| Cgroups::find(root));
        let (available, total) = memory::available(root, cgroups);
        Snapshot { available, total, cpu: self.cpu.busy(root, cgroups, now), memory_pressure: pressure::of_memory(root, cgroups) }
    }
}

impl Default for Machine {
    fn default() -> Self {
        Machine::new()
    }
}

impl Surroundings for Machine {
    fn snapshot(&mut self, now: Instant) -> Snapshot {
        match self.last {
            Some((at, snapshot)) if now.saturating_duration_since(at) < FRESH => snapshot,
            _ => {
                let snapshot = self.look(now);
                self.last = Some((now, snapshot));
                snapshot
            }
        }
    }
}

#[cfg(test)]
mod tests;
