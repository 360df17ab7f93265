//! Pools among what an environment waits for.

use super::{Entry, EventLoop, Watched};
use crate::pool::Pool;
use rustix::io::Errno;
use std::os::fd::AsRawFd;
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

    pub fn pool(&self, id: u32) -> Option<Arc<Pool>> {
        match self.entries.get(&id) {
            Some(Watched { entry: Entry::Pool { pool, .. }, .. }) => Some(pool.clone()),
            _ => None,
        }
    }
}
