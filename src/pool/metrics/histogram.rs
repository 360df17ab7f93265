//! How long something took, of all times that it was done.

use hdrhistogram::Histogram;
use serde_json::{json, Map, Value};
use std::time::Duration;

/// Longer is counted as this: a day, in microseconds.
const LONGEST: u64 = 24 * 60 * 60 * 1_000_000;
/// Digits that are kept.
const DIGITS: u8 = 3;

/// Those that piscina has, under its names.
const PERCENTILES: [(&str, f64); 15] = [
    ("p0_001", 0.001),
    ("p0_01", 0.01),
    ("p0_1", 0.1),
    ("p1", 1.0),
    ("p2_5", 2.5),
    ("p10", 10.0),
    ("p25", 25.0),
    ("p50", 50.0),
    ("p75", 75.0),
    ("p90", 90.0),
    ("p97_5", 97.5),
    ("p99", 99.0),
    ("p99_9", 99.9),
    ("p99_99", 99.99),
    ("p99_999", 99.999),
];

/// Made with the first time that is recorded: a pool that does nothing has none.
#[derive(Debug, Default)]
pub struct Times(Option<Box<Histogram<u64>>>, Duration);

impl Times {
    pub fn record(&mut self, time: Duration) {
        self.1 += time;
        let microseconds = u64::try_from(time.as_micros()).unwrap_or(LONGEST);
        if self.0.is_none() {
            self.0 = histogram();
        }
        if let Some(histogram) = &mut self.0 {
            histogram.saturating_record(microseconds);
        }
    }

    pub fn count(&self) -> u64 {
        self.0.as_ref().map_or(0, |histogram| histogram.len())
    }

    /// All of them together, to the nanosecond.
    pub fn sum(&self) -> Duration {
        self.1
    }

    /// In milliseconds.
    pub fn to_json(&self) -> Value {
        let mut object = Map::new();
        let mut set = |name: &str, value: Value| object.insert(name.to_owned(), value);
        set("count", json!(self.count()));
        set("sum", json!(milliseconds(self.1)));
        if let Some(histogram) = &self.0 {
            let short = |microseconds: f64| json!(microseconds / 1000.0);
            set("min", short(histogram.min() as f64));
            set("max", short(histogram.max() as f64));
            set("mean", json!(milliseconds(self.1) / self.count() as f64));
            set("stddev", short(histogram.stdev()));
            for (name, percentile) in PERCENTILES {
                set(name, short(histogram.value_at_percentile(percentile) as f64));
            }
        }
        Value::Object(object)
    }
}

/// The bounds are good ones: there is no other reason for none.
fn histogram() -> Option<Box<Histogram<u64>>> {
    Histogram::new_with_bounds(1, LONGEST, DIGITS).ok().map(Box::new)
}

pub fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_in_milliseconds_and_true_to_three_digits() {
        let mut times = Times::default();
        assert_eq!(times.to_json(), json!({ "count": 0, "sum": 0.0 }));
        (1..=1000).for_each(|number| times.record(Duration::from_millis(number)));
        let json = times.to_json();
        let near = |name: &str, expected: f64| {
            let value = json[name].as_f64().unwrap();
            assert!((value - expected).abs() <= expected / 1000.0, "{name}: {value}");
        };
        near("p50", 500.0);
        near("p99", 990.0);
        near("max", 1000.0);
        near("mean", 500.5);
        assert_eq!((times.count(), times.sum()), (1000, Duration::from_millis(500_500)));
    }

    #[test]
    fn what_takes_longer_than_can_be_is_counted_all_the_same() {
        let mut times = Times::default();
        times.record(Duration::from_secs(u32::MAX.into()));
        times.record(Duration::ZERO);
        assert_eq!(times.count(), 2);
    }
}
