//! What there is to know of a pool.

use super::Engine;
use serde_json::json;
use std::time::Instant;

impl Engine {
    /// As JSON.
    pub fn stats(&mut self, now: Instant) -> String {
        let load = self.dispatcher.load(now);
        let workers: Vec<_> = self
            .crew
            .workers()
            .iter()
            .map(|known| {
                let pid = self.workers.iter().find(|worker| worker.id == known.id).map(|worker| worker.pid);
                let window = self.dispatcher.worker_load(known.id).map_or(0, |load| load.window);
                json!({ "workerId": known.id, "pid": pid, "state": format!("{:?}", known.state).to_lowercase(), "running": window })
            })
            .collect();
        json!({
            "queued": load.queued,
            "queuedBytes": load.bytes,
            "running": load.running + load.prefetched,
            "completed": load.answered,
            "failed": load.ended,
            "workers": workers,
        })
        .to_string()
    }

    /// None: it is no JSON object.
    pub fn configure(&mut self, settings: &str, now: Instant) -> Option<()> {
        self.settings.update(settings)?;
        self.dispatcher.configure(&self.settings, now);
        self.crew.configure(&self.settings);
        self.advance(now);
        Some(())
    }
}
