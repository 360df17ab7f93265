//! The snapshot that JavaScript asks for.

use super::histogram::milliseconds;
use super::Metrics;
use crate::pool::crew::{Crew, State, Why, Worker};
use crate::pool::dispatch::Load;
use crate::pool::task::WorkerId;
use serde_json::{json, Map, Value};
use std::time::Instant;

/// What only whoever holds the process knows of a worker.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Seen {
    pub pid: Option<i32>,
    /// Tasks that it has, and tasks that it has answered.
    pub window: usize,
    pub done: u64,
    /// Of its V8, in bytes; 0 where it does not say.
    pub heap_used: u64,
    pub heap_limit: u64,
}

/// Milliseconds for times, bytes for sizes. `seen` is asked for each worker.
pub fn stats(metrics: &Metrics, crew: &Crew, load: &Load, seen: impl Fn(WorkerId) -> Seen, now: Instant) -> String {
    let mut all = Map::new();
    let mut set = |name: &str, value: Value| all.insert(name.to_owned(), value);
    set("queued", json!(load.queued));
    set("queuedBytes", json!(load.bytes));
    set("running", json!(load.running));
    set("prefetched", json!(load.prefetched));
    set("oldestWait", json!(milliseconds(load.oldest_wait)));
    set("accepted", json!(metrics.accepted));
    set("refused", json!(metrics.refused));
    set("completed", json!(metrics.completed));
    set("failed", json!(metrics.failed));
    set("late", json!(metrics.late));
    set("retried", json!(metrics.retried));
    set("ended", json!(metrics.ended));
    set("waitTime", metrics.waits.to_json());
    set("runTime", metrics.runs.to_json());
    set("startTime", metrics.starts.to_json());
    let workers = crew.workers();
    let in_state = |state| json!(workers.iter().filter(|worker| worker.state == state).count());
    set("openWorkers", in_state(State::Open));
    set("spareWorkers", in_state(State::Spare));
    set("startingWorkers", in_state(State::Starting));
    let totals = crew.totals();
    set("started", json!(totals.started));
    set("failedStarts", json!(totals.failed));
    set("crashed", json!(totals.crashed));
    set("restarts", json!(totals.restarts()));
    let by_reason: Map<String, Value> = totals.ended.iter().map(|(why, count)| (why.name().to_owned(), json!(count))).collect();
    set("endedWorkers", Value::Object(by_reason));
    set("recycled", json!(totals.ended.iter().filter(|(why, _)| why.is_recycling()).map(|(_, count)| count).sum::<u64>()));
    set("workers", workers.iter().map(|worker| of_worker(worker, &seen(worker.id), now)).collect());
    Value::Object(all).to_string()
}

fn of_worker(worker: &Worker, seen: &Seen, now: Instant) -> Value {
    json!({
        "workerId": worker.id,
        "pid": seen.pid,
        "state": worker.state.name(),
        "why": worker.why.map(Why::name),
        "tasks": seen.window,
        "completed": seen.done,
        "age": milliseconds(now.saturating_duration_since(worker.begun)),
        "startTime": worker.up.map(|up| milliseconds(up.saturating_duration_since(worker.begun))),
        "rss": worker.sample.rss,
        "cpu": milliseconds(worker.sample.cpu),
        "elu": worker.sample.elu,
        "heapUsed": seen.heap_used,
        "heapLimit": seen.heap_limit,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pool::dispatch::{Ended, What};
    use crate::pool::machine::Snapshot;
    use crate::pool::settings::Settings;
    use std::time::Duration;

    #[test]
    fn a_snapshot_has_what_was_counted_and_who_is_there() {
        let (now, mut metrics) = (Instant::now(), Metrics::default());
        let mut crew = Crew::new(&Settings { min_workers: 2, max_workers: 2, ..Settings::default() }, 2, 1);
        crew.decide(now, &Load::default(), &[], &mut Snapshot::default());
        crew.up(1, now + Duration::from_millis(40));
        metrics.answered(Duration::from_millis(3), Duration::from_millis(7), 2, true);
        metrics.ended(&Ended { task: 1, what: What::Oom, worker: 1, waited: Duration::ZERO, ran: Duration::ZERO, attempts: 1 });
        let seen = |worker: WorkerId| Seen { pid: (worker == 1).then_some(77), ..Seen::default() };
        let text = stats(&metrics, &crew, &Load { queued: 5, ..Load::default() }, seen, now + Duration::from_millis(50));
        let stats: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((&stats["queued"], &stats["failed"], &stats["retried"]), (&json!(5), &json!(1), &json!(1)));
        assert_eq!(stats["ended"], json!({ "oom": 1 }));
        assert_eq!((&stats["started"], &stats["spareWorkers"], &stats["startingWorkers"]), (&json!(2), &json!(1), &json!(1)));
        let first = &stats["workers"][0];
        assert_eq!((&first["pid"], &first["state"], &first["startTime"]), (&json!(77), &json!("spare"), &json!(40.0)));
        assert_eq!(stats["workers"][1]["pid"], Value::Null);
        assert_eq!(stats["runTime"]["count"], json!(1));
    }
}
