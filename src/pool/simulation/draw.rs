//! Settings and tasks at random.

use crate::pool::queue::tests::Dice;
use crate::pool::settings::{Backoff, Balancing, Prefetch, Settings};
use std::time::Duration;

pub fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

pub fn settings(dice: &mut Dice) -> Settings {
    let max_workers = 1 + dice.below(4) as usize;
    let mut maybe = |one_in: u64, value: u64| (dice.below(one_in) == 0).then_some(value);
    let mut settings = Settings {
        max_workers,
        unresponsive_timeout: maybe(3, 200).map(ms),
        idle_timeout: maybe(2, 50).map(ms),
        max_tasks_per_worker: maybe(3, 7),
        max_worker_lifetime: maybe(4, 300).map(ms),
        isolate: maybe(8, 0).is_some(),
        ageing: maybe(2, 100).map(ms),
        max_restarts: maybe(3, 3).map(|most| most as u32),
        restart_window: ms(2000),
        start_timeout: Some(ms(500)),
        abort_grace: ms(30),
        backoff: Backoff { initial: ms(10), max: ms(200), factor: 2.0, jitter: 0.5 },
        ..Settings::default()
    };
    settings.min_workers = dice.below(max_workers as u64 + 1) as usize;
    settings.spare_workers = dice.below(3).saturating_sub(1) as usize;
    settings.concurrent_tasks = 1 + dice.below(3) as u32;
    settings.poison_threshold = 1 + dice.below(3) as u32;
    settings.teardown_timeout = ms(1 + dice.below(50));
    settings.prefetch = match dice.below(3) {
        0 => Prefetch::Tasks(0),
        1 => Prefetch::Tasks(8),
        _ => Prefetch::Auto,
    };
    let kinds = [Balancing::LeastBusy, Balancing::RoundRobin, Balancing::LeastElu, Balancing::Weighted, Balancing::Affinity];
    settings.balancing = kinds[dice.below(5) as usize];
    if dice.below(3) == 0 {
        settings.max_queue = dice.below(50) as usize;
    }
    settings
}
