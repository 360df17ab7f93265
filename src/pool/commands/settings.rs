//! JSON from JavaScript, which has validated it and filled in its defaults.

use crate::pool::machine::Limits;
use serde_json::{Map, Value};
use std::time::Duration;

#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// That run at once.
    pub concurrency: usize,
    /// There are never more of them, whatever `concurrency` says.
    pub hard_limit: Option<usize>,
    /// That wait.
    pub max_queue: usize,
    pub machine: Limits,
    /// See [`Queue`](super::Queue).
    pub ageing: Option<Duration>,
}

impl Settings {
    /// `None` where something is missing or no such thing.
    pub fn from_json(json: &str) -> Option<Settings> {
        let Ok(Value::Object(given)) = serde_json::from_str(json) else { return None };
        Some(Settings {
            concurrency: count(&given, "concurrency")?,
            hard_limit: count(&given, "hardLimit"),
            max_queue: count(&given, "maxQueue").unwrap_or(usize::MAX),
            machine: Limits { min_memory_per_task: number(&given, "minMemoryPerTask")? as u64, max_cpu: number(&given, "maxCpuThreshold") },
            ageing: number(&given, "ageing").map(|milliseconds| Duration::from_secs_f64(milliseconds.clamp(0.0, 1e12) / 1000.0)),
        })
    }

    /// How many may run.
    pub fn places(&self) -> usize {
        self.hard_limit.map_or(self.concurrency, |limit| limit.min(self.concurrency))
    }
}

/// null stands for Infinity, as JSON.stringify() has it.
fn number(given: &Map<String, Value>, name: &str) -> Option<f64> {
    given.get(name)?.as_f64()
}

fn count(given: &Map<String, Value>, name: &str) -> Option<usize> {
    // A number above what memory can hold saturates.
    number(given, name).map(|count| count as usize)
}
