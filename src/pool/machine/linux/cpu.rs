//! How much of the CPUs that we may use is in use.

use super::cgroup::{Cgroups, Version};
use super::files::{field, Root};
use super::pressure;
use std::path::Path;
use std::time::{Duration, Instant};

/// Below this the clock ticks that the kernel counts are too few to tell anything.
const SHORTEST: Duration = Duration::from_millis(90);

/// Remembers what was counted last.
#[derive(Clone, Copy, Debug, Default)]
pub struct CpuTime {
    last: Option<Reading>,
    busy: Option<f64>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Reading {
    at: Option<Instant>,
    /// Ticks of all CPUs, and those in which they did something.
    ticks: u64,
    worked: u64,
    /// What our cgroup has used.
    used: Option<Duration>,
}

impl CpuTime {
    /// 0 to 1, since the last call; with the first one what pressure says.
    pub fn busy(&mut self, root: &Root, cgroups: &Cgroups, now: Instant) -> Option<f64> {
        let (ticks, worked) = ticks(root).unwrap_or_default();
        let reading = Reading { at: Some(now), ticks, worked, used: used(root, cgroups) };
        match self.last {
            Some(last) if last.since(now) < SHORTEST => {}
            Some(last) => {
                self.busy = reading.compared(&last, quota(root, cgroups), now);
                self.last = Some(reading);
            }
            None => self.last = Some(reading),
        }
        let busy = self.busy.or_else(|| pressure::of_cpus(root));
        busy.into_iter().chain(pressure::of_own_cpus(root, cgroups)).reduce(f64::max)
    }
}

impl Reading {
    fn since(&self, now: Instant) -> Duration {
        self.at.map_or(Duration::ZERO, |at| now.saturating_duration_since(at))
    }

    fn compared(&self, last: &Reading, quota: Option<f64>, now: Instant) -> Option<f64> {
        let ticks = self.ticks.saturating_sub(last.ticks);
        let machine = (ticks > 0).then(|| self.worked.saturating_sub(last.worked) as f64 / ticks as f64);
        let own = match (self.used, last.used, quota) {
            (Some(used), Some(before), Some(quota)) => {
                Some(used.saturating_sub(before).as_secs_f64() / (quota * last.since(now).as_secs_f64()))
            }
            _ => None,
        };
        machine.into_iter().chain(own).reduce(f64::max).map(|busy| busy.clamp(0.0, 1.0))
    }
}

/// proc_stat(5): user nice system idle iowait irq softirq steal; what guests use is in the first two already.
fn ticks(root: &Root) -> Option<(u64, u64)> {
    let text = root.read("/proc/stat")?;
    let line = text.lines().next()?.strip_prefix("cpu ")?;
    let ticks: Vec<u64> = line.split_ascii_whitespace().take(8).filter_map(|word| word.parse().ok()).collect();
    let all = ticks.iter().sum();
    let idle: u64 = ticks.iter().skip(3).take(2).sum();
    Some((all, all - idle))
}

/// What the innermost cgroup has used.
fn used(root: &Root, cgroups: &Cgroups) -> Option<Duration> {
    let cpu = cgroups.cpu.as_ref()?;
    match cpu.version {
        Version::Two => field(&root.read(cpu.folders.first()?.join("cpu.stat"))?, "usage_usec").map(Duration::from_micros),
        Version::One => root.number(cgroups.cpuacct.as_ref()?.folders.first()?.join("cpuacct.usage")).map(Duration::from_nanos),
    }
}

/// CPUs' worth of time that we may use: the smallest of all quotas. None: as much as there is.
fn quota(root: &Root, cgroups: &Cgroups) -> Option<f64> {
    let cpu = cgroups.cpu.as_ref()?;
    cpu.folders.iter().filter_map(|folder| quota_of(root, cpu.version, folder)).reduce(f64::min)
}

fn quota_of(root: &Root, version: Version, folder: &Path) -> Option<f64> {
    let (quota, period) = match version {
        Version::Two => {
            let text = root.read(folder.join("cpu.max"))?;
            let (quota, period) = text.trim().split_once(' ')?;
            (quota.parse::<f64>().ok()?, period.parse::<f64>().ok()?)
        }
        // -1, which is no u64, is "none".
        Version::One => (root.number(folder.join("cpu.cfs_quota_us"))? as f64, root.number(folder.join("cpu.cfs_period_us"))? as f64),
    };
    (quota > 0.0 && period > 0.0).then(|| quota / period)
}
