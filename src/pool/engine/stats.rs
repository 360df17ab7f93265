//! What there is to know of a pool, and what can be changed of it.

use super::Engine;
use crate::pool::metrics::{self, Seen};
use std::time::Instant;

impl Engine {
    /// As JSON, see src/pool/metrics.
    pub fn stats(&mut self, now: Instant) -> String {
        self.sample(now);
        let load = self.dispatcher.load(now);
        let seen = |id| {
            let Some(worker) = self.position(id).map(|at| &self.workers[at]) else { return Seen::default() };
            let reading = worker.page.as_ref().map(crate::pool::worker::Page::read).unwrap_or_default();
            let load = self.dispatcher.worker_load(id);
            let (window, done) = load.map_or((0, 0), |load| (load.window, load.done));
            Seen { pid: Some(worker.pid), window, done, heap_used: reading.heap_used, heap_limit: reading.heap_limit }
        };
        metrics::stats(&self.metrics, &self.crew, &load, seen, now)
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
