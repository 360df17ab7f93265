//! How many workers there are of which kind.

use super::{Crew, State};

/// How many there are in which state.
#[derive(Clone, Copy, Debug, Default)]
pub struct Count {
    pub starting: usize,
    pub spare: usize,
    pub open: usize,
    /// Of these, those that have nothing to do, and those that have done nothing yet.
    pub idle: usize,
    pub fresh: usize,
    /// They still have tasks.
    pub draining: usize,
    /// Of these, those that nobody is to take the place of before they have gone.
    pub parting: usize,
    pub ending: usize,
}

impl Count {
    /// Those that run tasks, or will.
    pub fn coming(&self) -> usize {
        self.starting + self.spare + self.open
    }
}

impl Crew {
    pub(super) fn count(&self) -> Count {
        let mut count = Count::default();
        for worker in &self.workers {
            match worker.state {
                State::Starting => count.starting += 1,
                State::Spare => count.spare += 1,
                State::Open => {
                    count.open += 1;
                    count.idle += usize::from(worker.window == 0);
                    count.fresh += usize::from(worker.given() == 0);
                }
                State::Draining => {
                    count.draining += usize::from(worker.window > 0);
                    count.parting += usize::from(worker.window > 0 && !worker.is_recycled());
                }
                State::Ending | State::Killed => count.ending += 1,
            }
        }
        count
    }
}
