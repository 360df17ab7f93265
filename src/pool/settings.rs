//! What a pool is asked to do: JSON from JavaScript, which has validated it and filled in its defaults.

use serde_json::{Map, Value};
use std::time::Duration;

/// Who gets the next task, of the workers that have room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Balancing {
    LeastBusy,
    RoundRobin,
    LeastElu,
    Weighted,
    Affinity,
}

/// How long a failing start waits for the next one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Backoff {
    pub initial: Duration,
    pub max: Duration,
    pub factor: f64,
    /// 0 to 1: the part of it that is left to chance.
    pub jitter: f64,
}

/// What is written to a worker before it is done with what it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prefetch {
    /// About a millisecond of work.
    Auto,
    Tasks(u32),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    pub min_workers: usize,
    pub max_workers: usize,
    pub spare_workers: usize,
    /// None: a worker that has nothing to do stays.
    pub idle_timeout: Option<Duration>,
    /// Tasks that a worker runs at the same time.
    pub concurrent_tasks: u32,
    pub prefetch: Prefetch,
    pub max_queue: usize,
    pub max_queued_bytes: usize,
    /// So many processes, spares and those that end among them, are worth an event.
    pub soft_limit: Option<usize>,
    /// There are never more of them.
    pub hard_limit: Option<usize>,
    /// Bytes.
    pub min_memory_per_task: u64,
    /// 0 to 1.
    pub max_cpu_threshold: Option<f64>,
    pub balancing: Balancing,
    /// Of the workers, in the order in which they were opened; one that takes the place of another has its weight. 1 for those beyond.
    pub weights: Vec<f64>,
    /// A fresh process for each task.
    pub isolate: bool,
    pub max_tasks_per_worker: Option<u64>,
    /// Bytes resident.
    pub max_memory_per_worker: Option<u64>,
    pub max_worker_lifetime: Option<Duration>,
    /// 0 to 1: so much of the three above is left to chance.
    pub recycle_jitter: f64,
    pub backoff: Backoff,
    pub max_restarts: Option<u32>,
    pub restart_window: Duration,
    pub start_timeout: Option<Duration>,
    pub unresponsive_timeout: Option<Duration>,
    /// From the word that a task is given up to the end of its worker.
    pub abort_grace: Duration,
    /// What a worker has for its teardown where it ends in peace.
    pub teardown_timeout: Duration,
    /// A task that has been there when so many workers died is not tried again.
    pub poison_threshold: u32,
    /// A task that waits goes up by 1 in priority each time so much has passed. None: never.
    pub ageing: Option<Duration>,
    /// A program that speaks the protocol and is no worker of ours.
    pub foreign: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            min_workers: 1,
            max_workers: 1,
            spare_workers: 0,
            idle_timeout: None,
            concurrent_tasks: 1,
            prefetch: Prefetch::Auto,
            max_queue: usize::MAX,
            max_queued_bytes: usize::MAX,
            soft_limit: None,
            hard_limit: None,
            min_memory_per_task: 0,
            max_cpu_threshold: None,
            balancing: Balancing::LeastBusy,
            weights: Vec::new(),
            isolate: false,
            max_tasks_per_worker: None,
            max_memory_per_worker: None,
            max_worker_lifetime: None,
            recycle_jitter: 0.1,
            backoff: Backoff { initial: Duration::from_millis(100), max: Duration::from_secs(30), factor: 2.0, jitter: 0.2 },
            max_restarts: None,
            restart_window: Duration::from_secs(60),
            start_timeout: Some(Duration::from_secs(30)),
            unresponsive_timeout: None,
            abort_grace: Duration::from_secs(1),
            teardown_timeout: Duration::from_secs(5),
            poison_threshold: 2,
            ageing: Some(Duration::from_secs(60)),
            foreign: false,
        }
    }
}

impl Settings {
    /// Takes what `json` names and leaves the rest as it is. None, and nothing has changed: it is no JSON object.
    pub fn update(&mut self, json: &str) -> Option<()> {
        let given: Map<String, Value> = serde_json::from_str(json).ok()?;
        given.iter().for_each(|(name, value)| self.set(name, value));
        Some(())
    }

    /// What is of another type has not come from our JavaScript, and counts as not given.
    fn set(&mut self, name: &str, value: &Value) {
        match name {
            "minWorkers" => number(value, |n| self.min_workers = n as usize),
            "maxWorkers" => number(value, |n| self.max_workers = n as usize),
            "spareWorkers" => number(value, |n| self.spare_workers = n as usize),
            "idleTimeout" => self.idle_timeout = duration(value),
            "concurrentTasksPerWorker" => number(value, |n| self.concurrent_tasks = (n as u32).max(1)),
            "prefetch" => self.prefetch = value.as_u64().map_or(Prefetch::Auto, |n| Prefetch::Tasks(n.min(4096) as u32)),
            "maxQueue" => self.max_queue = value.as_f64().map_or(usize::MAX, |n| n as usize),
            "maxQueuedBytes" => self.max_queued_bytes = value.as_f64().map_or(usize::MAX, |n| n as usize),
            "softLimit" => self.soft_limit = value.as_f64().map(|n| n as usize),
            "hardLimit" => self.hard_limit = value.as_f64().map(|n| n as usize),
            "minMemoryPerTask" => number(value, |n| self.min_memory_per_task = n as u64),
            "maxCpuThreshold" => self.max_cpu_threshold = value.as_f64(),
            "loadBalancing" => self.balancing = value.as_str().map_or(Balancing::LeastBusy, balancing),
            "weights" => self.weights = value.as_array().map_or_else(Vec::new, |all| all.iter().filter_map(Value::as_f64).collect()),
            "isolate" => self.isolate = value.as_bool().unwrap_or(false),
            "maxTasksPerWorker" => self.max_tasks_per_worker = value.as_f64().map(|n| n as u64),
            "maxMemoryPerWorker" => self.max_memory_per_worker = value.as_f64().map(|n| n as u64),
            "maxWorkerLifetime" => self.max_worker_lifetime = duration(value),
            "recycleJitter" => number(value, |n| self.recycle_jitter = n.clamp(0.0, 1.0)),
            "backoff" => self.backoff.update(value),
            "maxRestarts" => self.max_restarts = value.as_f64().map(|n| n as u32),
            "restartWindow" => self.restart_window = duration(value).unwrap_or(self.restart_window),
            "startTimeout" => self.start_timeout = duration(value),
            "unresponsiveTimeout" => self.unresponsive_timeout = duration(value),
            "abortGrace" => self.abort_grace = duration(value).unwrap_or(self.abort_grace),
            "teardownTimeout" => self.teardown_timeout = duration(value).unwrap_or(self.teardown_timeout),
            "poisonThreshold" => number(value, |n| self.poison_threshold = (n as u32).max(1)),
            "ageing" => self.ageing = duration(value).filter(|step| !step.is_zero()),
            "foreign" => self.foreign = value.as_bool().unwrap_or(false),
            // Others are JavaScript's own.
            _ => {}
        }
    }
}

impl Backoff {
    fn update(&mut self, value: &Value) {
        if let Some(initial) = value.get("initial").and_then(duration) {
            self.initial = initial;
        }
        if let Some(max) = value.get("max").and_then(duration) {
            self.max = max;
        }
        if let Some(factor) = value.get("factor").and_then(Value::as_f64) {
            self.factor = factor.max(1.0);
        }
        if let Some(jitter) = value.get("jitter").and_then(Value::as_f64) {
            self.jitter = jitter.clamp(0.0, 1.0);
        }
    }
}

fn balancing(name: &str) -> Balancing {
    match name {
        "round-robin" => Balancing::RoundRobin,
        "least-elu" => Balancing::LeastElu,
        "weighted" => Balancing::Weighted,
        "affinity" => Balancing::Affinity,
        _ => Balancing::LeastBusy,
    }
}

fn number(value: &Value, set: impl FnOnce(f64)) {
    // Infinity is null in JSON: no bound, and casts saturate.
    match value {
        Value::Null => set(f64::INFINITY),
        value => value.as_f64().map(set).unwrap_or(()),
    }
}

/// Milliseconds. None for null, which Infinity is in JSON.
fn duration(value: &Value) -> Option<Duration> {
    value.as_f64().filter(|ms| *ms >= 0.0).map(|ms| Duration::from_secs_f64(ms.min(1e15) / 1000.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_named_is_taken_and_the_rest_stays() {
        let mut settings = Settings::default();
        let json = r#"{"maxWorkers":4,"prefetch":0,"idleTimeout":1500,"backoff":{"max":10},"loadBalancing":"affinity","maxQueue":null,"type":"x"}"#;
        assert_eq!(settings.update(json), Some(()));
        assert_eq!((settings.max_workers, settings.prefetch), (4, Prefetch::Tasks(0)));
        assert_eq!(settings.idle_timeout, Some(Duration::from_millis(1500)));
        assert_eq!(settings.backoff.max, Duration::from_millis(10));
        assert_eq!(settings.backoff.factor, 2.0);
        assert_eq!((settings.balancing, settings.max_queue), (Balancing::Affinity, usize::MAX));
        assert_eq!(settings.update(r#"{"prefetch":"auto","idleTimeout":null}"#), Some(()));
        assert_eq!((settings.prefetch, settings.idle_timeout), (Prefetch::Auto, None));
        let before = settings.clone();
        assert_eq!(settings.update("[]"), None);
        assert_eq!(settings, before);
    }
}
