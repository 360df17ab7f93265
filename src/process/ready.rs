/// What a [`Poller`](super::Poller) saw.
#[derive(Clone, Copy, Debug)]
pub struct Ready {
    pub token: u64,
    pub readable: bool,
    pub writable: bool,
}

/// What one turn handles at most, so that timers and sockets get their turn in between.
pub type Batch = Vec<Ready>;
pub(super) const BATCH: usize = 32;
