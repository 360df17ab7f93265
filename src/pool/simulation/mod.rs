//! Dispatcher and crew together, in invented time, with workers that die, hang, fail to start and are ended at any moment: every task ends exactly once,
//! nothing that was begun runs a second time unchecked, and nothing that waits waits for ever.

mod draw;
mod fake;
mod world;

use world::World;

/// So many lives of a pool; each is another one.
const LIVES: u64 = 30;

#[test]
fn whatever_happens_to_workers_each_task_ends_once() {
    for seed in 1..=LIVES {
        World::new(seed).live();
    }
}

/// For looking for more: `cargo test --release -- --ignored lives_at_random`.
#[test]
#[ignore = "as long as somebody has time"]
fn lives_at_random() {
    let first = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1_000);
    let count: u64 = std::env::var("LIVES").ok().and_then(|count| count.parse().ok()).unwrap_or(100_000);
    for seed in first..first + count {
        World::new(seed).live();
    }
}
