//! Pools among what an environment waits for.

use super::{Entry, EventLoop, Watched};
use crate::ipc::slab::Received;
use crate::node::pieces::Giver;
use crate::pool::bytes::Offered;
use crate::pool::task::WorkerId;
use crate::pool::Pool;
use rustix::io::Errno;
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::Arc;

impl EventLoop {
    /// Keeps a pool under a new id. It does not keep the loop alive unless it is asked to.
    pub fn insert_pool(&mut self, pool: Arc<Pool>) -> Result<u32, Errno> {
        let id = self.next_id();
        let watch = self.watch.as_ref().ok_or(Errno::BADF)?;
        let workers = watch.channel(pool.poll().as_raw_fd(), id)?;
        workers.watch_channel(true, false)?;
        let news = watch.bell(pool.news().as_raw_fd(), id)?;
        self.keep(id, Entry::Pool { handles: [workers, news], pool });
        self.set_referenced(id, false);
        Ok(id)
    }

    /// What comes with frames that are about to be handed over.
    pub fn offer(&mut self, pool: u32, worker: WorkerId, pieces: Vec<Received>, handles: Vec<OwnedFd>) {
        self.offered.0 = pool;
        self.offered.1.offer(worker, pieces, handles);
    }

    pub fn offered(&mut self, pool: u32) -> Option<&mut Offered> {
        (self.offered.0 == pool).then_some(&mut self.offered.1)
    }

    /// They are handed over: what was not taken goes back, or is closed.
    pub fn handed_over(&mut self) {
        let (pool, mut offered) = std::mem::take(&mut self.offered);
        if let Some(worker) = offered.clear() {
            self.pieces.add_due(Giver::Worker(pool, worker));
        }
        self.tell_large_returns();
    }

    pub fn tell_worker(&self, pool: u32, worker: WorkerId) {
        if let Some(pool) = self.pool(pool) {
            pool.with(|engine, _| engine.tell_returns(worker));
        }
    }

    pub fn pool(&self, id: u32) -> Option<Arc<Pool>> {
        match self.entries.get(&id) {
            Some(Watched { entry: Entry::Pool { pool, .. }, .. }) => Some(pool.clone()),
            _ => None,
        }
    }
}
