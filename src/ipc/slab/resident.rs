//! Which pages of a slab have memory behind them: touching those cannot fail.

const BITS: u32 = u64::BITS;

#[derive(Debug)]
pub struct Resident {
    words: Vec<u64>,
    count: u32,
}

/// The words that pages from `start` up to `end` are in, and which bits of each they are.
fn masks(start: u32, end: u32) -> impl Iterator<Item = (usize, u64)> {
    (start / BITS..end.div_ceil(BITS)).map(move |word| {
        let (from, to) = (start.max(word * BITS) - word * BITS, end.min((word + 1) * BITS) - word * BITS);
        (word as usize, (!0 << from) & (!0 >> (BITS - to)))
    })
}

impl Resident {
    /// Of so many pages; none is.
    pub fn new(count: u32) -> Self {
        Resident { words: vec![0; count.div_ceil(BITS) as usize], count: 0 }
    }

    pub fn count(&self) -> u32 {
        self.count
    }

    /// The first from `start` up to `end` that is not.
    pub fn first_missing(&self, start: u32, end: u32) -> Option<u32> {
        masks(start, end).find_map(|(word, mask)| {
            let missing = !self.words[word] & mask;
            (missing != 0).then(|| word as u32 * BITS + missing.trailing_zeros())
        })
    }

    pub fn add(&mut self, start: u32, end: u32) {
        for (word, mask) in masks(start, end) {
            self.count += (mask & !self.words[word]).count_ones();
            self.words[word] |= mask;
        }
    }

    pub fn remove(&mut self, start: u32, end: u32) {
        for (word, mask) in masks(start, end) {
            self.count -= (mask & self.words[word]).count_ones();
            self.words[word] &= !mask;
        }
    }

    /// The first ones from `start` up to `end` that are, one after the other.
    pub fn first_run(&self, start: u32, end: u32) -> Option<(u32, u32)> {
        let first = masks(start, end).find_map(|(word, mask)| {
            let present = self.words[word] & mask;
            (present != 0).then(|| word as u32 * BITS + present.trailing_zeros())
        })?;
        Some((first, self.first_missing(first, end).unwrap_or(end)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_cross_words() {
        let mut resident = Resident::new(300);
        assert_eq!((resident.first_run(0, 300), resident.first_missing(0, 300)), (None, Some(0)));
        resident.add(60, 200);
        assert_eq!((resident.count(), resident.first_run(0, 300), resident.first_run(100, 150)), (140, Some((60, 200)), Some((100, 150))));
        resident.remove(128, 192);
        assert_eq!((resident.count(), resident.first_run(0, 300), resident.first_run(128, 300)), (76, Some((60, 128)), Some((192, 200))));
        assert_eq!(
            (resident.first_missing(60, 128), resident.first_missing(60, 129), resident.first_missing(195, 300)),
            (None, Some(128), Some(200))
        );
        resident.add(0, 300);
        assert_eq!((resident.count(), resident.first_missing(0, 300), resident.first_run(0, 300)), (300, None, Some((0, 300))));
        resident.remove(0, 300);
        assert_eq!((resident.count(), resident.first_run(0, 300)), (0, None));
    }
}
