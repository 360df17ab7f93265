//! How long tasks are likely to take.

use crate::pool::task::NameId;
use std::collections::HashMap;
use std::time::Duration;

/// Nanoseconds, for what was never measured.
pub const UNKNOWN: u32 = u32::MAX;

/// Names beyond that are taken to be one.
const NAMES: usize = 1024;
/// What is measured counts for so much once there was enough of it.
const WEIGHT: f64 = 1.0 / 8.0;

#[derive(Clone, Copy, Debug, Default)]
struct Mean {
    nanoseconds: f64,
    measured: u32,
}

impl Mean {
    /// `count` tasks took so long on average. The first ones weigh more: what is loaded with them will not be loaded again.
    fn add(&mut self, nanoseconds: f64, count: u32) {
        self.measured = self.measured.saturating_add(count);
        let weight = if count == 1 { WEIGHT } else { 1.0 - (1.0 - WEIGHT).powi(count.min(64) as i32) };
        let weight = weight.max(f64::from(count) / f64::from(self.measured));
        self.nanoseconds += (nanoseconds - self.nanoseconds) * weight;
    }
}

#[derive(Debug)]
pub struct Estimates {
    names: HashMap<Box<[u8]>, NameId>,
    means: Vec<Mean>,
    all: Mean,
}

impl Default for Estimates {
    fn default() -> Self {
        // 0: those without a name.
        Estimates { names: HashMap::new(), means: vec![Mean::default()], all: Mean::default() }
    }
}

impl Estimates {
    pub fn name(&mut self, name: &[u8]) -> NameId {
        if let Some(known) = self.names.get(name) {
            return *known;
        }
        if self.means.len() > NAMES {
            return NameId(NAMES as u16);
        }
        let id = NameId(self.means.len() as u16);
        self.means.push(Mean::default());
        self.names.insert(name.into(), id);
        id
    }

    #[inline]
    pub fn of(&self, name: NameId) -> u32 {
        let mean = &self.means[usize::from(name.0)];
        if mean.measured == 0 {
            return UNKNOWN;
        }
        // Casts saturate.
        (mean.nanoseconds as u32).min(UNKNOWN - 1)
    }

    pub fn add(&mut self, name: NameId, nanoseconds: f64, count: u32) {
        self.means[usize::from(name.0)].add(nanoseconds, count);
    }

    /// Together they took `mean` each: what was longer before is taken to have been longer now.
    pub fn add_mixed(&mut self, names: &[(NameId, u32)], mean: f64) {
        let expected: f64 = names.iter().map(|(name, count)| self.known(*name, mean) * f64::from(*count)).sum();
        let total: u32 = names.iter().map(|(_, count)| count).sum();
        let scale = mean * f64::from(total) / expected;
        for (name, count) in names {
            let share = if expected > 0.0 { self.known(*name, mean) * scale } else { mean };
            self.add(*name, share, *count);
        }
    }

    fn known(&self, name: NameId, otherwise: f64) -> f64 {
        let mean = &self.means[usize::from(name.0)];
        if mean.measured == 0 {
            otherwise
        } else {
            mean.nanoseconds
        }
    }

    /// From begin to answer.
    #[inline]
    pub fn ran(&mut self, nanoseconds: u64) {
        self.all.add(nanoseconds as f64, 1);
    }

    pub fn mean(&self) -> Option<Duration> {
        (self.all.measured > 0).then(|| Duration::from_nanos(self.all.nanoseconds as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_ones_weigh_more_and_the_last_ones_count() {
        let mut estimates = Estimates::default();
        let name = estimates.name(b"add");
        assert_eq!((estimates.name(b"add"), estimates.of(name)), (name, UNKNOWN));
        estimates.add(name, 8_000_000.0, 1);
        assert_eq!(estimates.of(name), 8_000_000);
        (0..15).for_each(|_| estimates.add(name, 10_000.0, 1));
        assert!(estimates.of(name) < 500_000, "{}", estimates.of(name));
        estimates.add(name, 10_000.0, 64);
        assert!(estimates.of(name) < 15_000);
        estimates.add(name, f64::MAX, 1);
        assert_eq!(estimates.of(name), UNKNOWN - 1);
    }

    #[test]
    fn what_is_measured_together_is_shared_out_as_it_was_before() {
        let mut estimates = Estimates::default();
        let (short, long) = (estimates.name(b"short"), estimates.name(b"long"));
        estimates.add(short, 1_000.0, 1);
        estimates.add(long, 9_000.0, 1);
        // 10 and 10 took 100,000 before, and 200,000 now.
        (0..100).for_each(|_| estimates.add_mixed(&[(short, 10), (long, 10)], 10_000.0));
        let (short, long) = (estimates.of(short), estimates.of(long));
        assert!((1_900..=2_100).contains(&short) && (17_500..=18_500).contains(&long), "{short} {long}");
    }

    #[test]
    fn there_may_be_any_number_of_names() {
        let mut estimates = Estimates::default();
        let last = (0..5000).map(|number: u32| estimates.name(number.to_string().as_bytes())).last();
        assert_eq!(last, Some(NameId(NAMES as u16)));
        estimates.add(last.unwrap(), 5.0, 1);
        assert_eq!(estimates.of(estimates.names[&b"7"[..]]), UNKNOWN);
    }
}
