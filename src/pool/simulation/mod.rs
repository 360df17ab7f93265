//! Dispatcher and crew together, in invented time, with workers that die, hang, fail to start and are ended at any moment: every task ends exactly once,
//! nothing that was begun runs a second time unchecked, and nothing that waits waits for ever.

mod draw;
mod fake;
mod world;

use world::World;

/// So many lives of a pool; each is another one. For looking for more: `SEED=1000 LIVES=100000 cargo test --release simulation`.
const LIVES: u64 = 30;

#[test]
fn whatever_happens_to_workers_each_task_ends_once() {
    let given = |name| std::env::var(name).ok().and_then(|number| number.parse::<u64>().ok());
    let first = given("SEED").unwrap_or(1);
    for seed in first..first + given("LIVES").unwrap_or(LIVES) {
        World::new(seed).live();
    }
}
