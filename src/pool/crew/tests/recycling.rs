//! Workers that have lived for long enough.

use super::yard::*;
use crate::pool::crew::{Action, Sample, State, Why};

#[test]
fn a_quota_of_tasks_is_given_at_opening_with_jitter_and_its_end_is_the_dispatchers() {
    let mut settings = settings(8, 8);
    settings.max_tasks_per_worker = Some(100);
    settings.recycle_jitter = 0.5;
    let mut yard = Yard::new(&settings);
    yard.decide();
    let quotas: Vec<u64> =
        yard.all_up().iter().map(|action| if let Action::Open { quota, .. } = action { *quota } else { panic!("{action:?}") }).collect();
    assert!(quotas.iter().all(|quota| (50..=100).contains(quota)), "{quotas:?}");
    assert!(quotas.iter().any(|quota| *quota != quotas[0]), "{quotas:?}");
}

#[test]
fn who_has_used_its_quota_drains_and_ends_and_another_one_boots_meanwhile() {
    let mut settings = settings(1, 1);
    settings.max_tasks_per_worker = Some(10);
    let mut yard = Yard::new(&settings);
    yard.decide();
    assert_eq!(yard.all_up(), [Action::Open { worker: 1, quota: 10 }]);
    yard.busy(1, 7);
    yard.answer(1);
    assert!(yard.crew.is_due(yard.now, &yard.load));
    assert_eq!(yard.decide(), []);
    yard.busy(1, 1);
    yard.answer(1);
    assert_eq!(yard.decide(), [Action::Start(2)]);
    assert_eq!(yard.all_up(), []);
    yard.busy(1, 2);
    yard.spent(1);
    assert_eq!(yard.decide(), [Action::Drain(1, Why::Tasks)]);
    yard.answer(1);
    assert_eq!(yard.decide(), [end(1, Why::Tasks), Action::Open { worker: 2, quota: 10 }]);
}

fn sample(rss: u64) -> Sample {
    Sample { rss, ..Sample::default() }
}

#[test]
fn who_has_too_much_memory_drains_when_another_one_is_up() {
    let mut settings = settings(2, 2);
    settings.max_memory_per_worker = Some(1000);
    let mut yard = Yard::new(&settings);
    yard.decide();
    yard.all_up();
    yard.all_busy();
    yard.load.running = 2;
    yard.decide();
    assert_eq!(yard.pass_to_deadline(), [Action::Sample]);
    yard.sample(1, sample(1000));
    yard.sample(2, sample(1001));
    assert_eq!(yard.decide(), [Action::Start(3)]);
    assert_eq!(yard.all_up(), [Action::Drain(2, Why::Memory)]);
    // Three do not run tasks at the same time.
    assert_eq!(yard.decide(), []);
    yard.answer(2);
    assert_eq!(yard.decide(), [end(2, Why::Memory), open(3)]);
}

#[test]
fn lifetimes_that_end_together_are_followed_one_by_one() {
    let mut settings = settings(4, 4);
    settings.max_worker_lifetime = Some(ms(60_000));
    let mut yard = Yard::new(&settings);
    yard.decide();
    yard.all_up();
    yard.all_busy();
    yard.decide();
    let mut recycled = Vec::new();
    yard.pass_to_deadline();
    while recycled.len() < 4 {
        assert_eq!(yard.in_state(State::Starting).len(), 1);
        yard.all_up();
        let [worker] = yard.in_state(State::Draining)[..] else { panic!("not one at a time") };
        assert_eq!(yard.in_state(State::Open).len(), 3);
        yard.answer(worker);
        yard.decide();
        yard.all_gone();
        yard.all_busy();
        yard.decide();
        recycled.push(worker);
    }
    assert_eq!(recycled, [1, 2, 3, 4]);
    assert_eq!(yard.in_state(State::Open).len(), 4);
}

#[test]
fn a_spare_is_used_at_once_and_another_one_is_started() {
    let mut settings = settings(1, 1);
    settings.spare_workers = 1;
    settings.max_worker_lifetime = Some(ms(60_000));
    let mut yard = Yard::new(&settings);
    yard.decide();
    yard.crew.up(1, yard.now);
    assert_eq!(yard.decide(), [open(1)]);
    yard.now += ms(30_000);
    yard.all_up();
    assert_eq!(yard.pass_to_deadline(), [Action::Drain(1, Why::Lifetime), end(1, Why::Lifetime), open(2), Action::Start(3)]);
}

#[test]
fn a_spare_whose_time_is_over_is_replaced() {
    let mut settings = settings(0, 1);
    settings.spare_workers = 1;
    settings.max_worker_lifetime = Some(ms(60_000));
    let mut yard = Yard::new(&settings);
    yard.decide();
    assert_eq!(yard.all_up(), []);
    assert_eq!(yard.pass_to_deadline(), [end(1, Why::Lifetime), Action::Start(2)]);
}

#[test]
fn who_is_idle_above_the_least_goes_without_another_in_its_place() {
    let mut settings = settings(0, 2);
    settings.max_worker_lifetime = Some(ms(60_000));
    let mut yard = Yard::new(&settings);
    yard.queue(1);
    yard.decide();
    yard.queue(0);
    yard.all_up();
    assert_eq!(yard.pass_to_deadline(), [Action::Drain(1, Why::Lifetime), end(1, Why::Lifetime)]);
}

#[test]
fn where_no_other_process_may_be_the_place_is_made_first() {
    let mut settings = settings(1, 1);
    settings.hard_limit = Some(1);
    settings.max_worker_lifetime = Some(ms(60_000));
    let mut yard = Yard::new(&settings);
    yard.decide();
    yard.all_up();
    assert_eq!(yard.pass_to_deadline(), [Action::Drain(1, Why::Lifetime), end(1, Why::Lifetime)]);
    yard.all_gone();
    assert_eq!(yard.decide(), [Action::Start(2)]);
}

#[test]
fn a_worker_that_is_missing_is_there_before_another_one_is_replaced() {
    let mut settings = settings(2, 2);
    settings.max_worker_lifetime = Some(ms(300));
    let mut yard = Yard::new(&settings);
    yard.decide();
    yard.crew.up(1, yard.now);
    assert_eq!(yard.decide(), [open(1)]);
    // The second takes so long that the time of the first is over.
    yard.now += ms(400);
    assert_eq!(yard.decide(), [Action::Start(3)]);
    yard.crew.up(2, yard.now);
    assert_eq!(yard.decide(), [open(2)]);
    yard.crew.up(3, yard.now);
    assert_eq!(yard.decide(), [Action::Drain(1, Why::Lifetime), end(1, Why::Lifetime), open(3)]);
}
