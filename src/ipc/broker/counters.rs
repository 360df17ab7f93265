//! What the broker has done, for whoever asks from another thread.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// Written by the broker's thread alone. Single numbers are true; they need not fit each other to the last message.
        #[derive(Debug, Default)]
        pub struct Counters {
            $($(#[$doc])* pub $name: AtomicU64,)*
        }

        /// How many there are.
        pub const COUNTERS: usize = [$(stringify!($name)),*].len();

        impl Counters {
            /// In the order of their declaration.
            pub fn read(&self) -> [u64; COUNTERS] {
                [$(self.$name.load(Relaxed)),*]
            }
        }
    };
}

counters! {
    /// Now.
    clients,
    /// Now.
    subscriptions,
    /// Topics whose last value is kept, now.
    retained,
    /// Messages to topics.
    published,
    /// Messages to names, broadcasts, requests and their answers.
    direct,
    /// Messages that the kernel has taken, once for each receiver.
    delivered,
    /// Bytes of these.
    bytes,
    /// Messages that a receiver did not get since its queue was full, once for each.
    dropped,
    /// Messages that wait for their receivers, now.
    queued,
    /// Bytes of these.
    queued_bytes,
    /// Clients that were hung up on.
    cut_off,
    /// Connections that did not become clients: another user's, or too many.
    refused,
}

/// Single writer: no read-modify-write is needed.
pub fn add(counter: &AtomicU64, amount: usize) {
    counter.store(counter.load(Relaxed).wrapping_add(amount as u64), Relaxed);
}

pub fn subtract(counter: &AtomicU64, amount: usize) {
    counter.store(counter.load(Relaxed).wrapping_sub(amount as u64), Relaxed);
}
