//! Chance for jitter: what all do at the same moment, all do again at the same moment.

/// SplitMix64. Not for secrets.
#[derive(Debug)]
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Random(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// 0 to 1, without 1.
    pub fn fraction(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// 1 - jitter to 1.
    pub fn below_one(&mut self, jitter: f64) -> f64 {
        1.0 - jitter * self.fraction()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stays_in_its_range_and_differs() {
        let mut random = Random::new(7);
        let drawn: Vec<f64> = (0..1000).map(|_| random.below_one(0.25)).collect();
        assert!(drawn.iter().all(|number| (0.75..=1.0).contains(number)));
        assert!(drawn.iter().any(|number| *number < 0.8) && drawn.iter().any(|number| *number > 0.95));
        assert_eq!(Random::new(7).below_one(0.0), 1.0);
    }
}
