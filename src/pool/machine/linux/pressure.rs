//! Pressure stall information: how much of the time somebody had to wait. https://docs.kernel.org/accounting/psi.html

use super::cgroup::{Cgroups, Version};
use super::files::Root;
use std::path::Path;

/// 0 to 1, of the last ten seconds: of the machine or of the cgroup that we are in, whichever waits more.
pub fn of_memory(root: &Root, cgroups: &Cgroups) -> Option<f64> {
    let machine = average(root, Path::new("/proc/pressure/memory"), "some");
    let own = innermost(cgroups).and_then(|folder| average(root, &folder.join("memory.pressure"), "some"));
    machine.into_iter().chain(own).reduce(f64::max)
}

/// Some task of the machine waits for a CPU: on a machine with many, that says little.
pub fn of_cpus(root: &Root) -> Option<f64> {
    average(root, Path::new("/proc/pressure/cpu"), "some")
}

/// All tasks of our cgroup that could run wait for a CPU: its quota is used up, or others have the CPUs.
pub fn of_own_cpus(root: &Root, cgroups: &Cgroups) -> Option<f64> {
    average(root, &innermost(cgroups)?.join("cpu.pressure"), "full")
}

fn innermost(cgroups: &Cgroups) -> Option<&Path> {
    let unified = cgroups.unified.as_ref().filter(|hierarchy| hierarchy.version == Version::Two)?;
    unified.folders.first().map(|folder| folder.as_path())
}

fn average(root: &Root, path: &Path, who: &str) -> Option<f64> {
    let text = root.read(path)?;
    let line = text.lines().find_map(|line| line.strip_prefix(who))?;
    let percent: f64 = line.split_ascii_whitespace().find_map(|word| word.strip_prefix("avg10="))?.parse().ok()?;
    Some(percent / 100.0)
}
