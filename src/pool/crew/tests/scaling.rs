//! How many workers there are for what there is to do.

use super::yard::*;
use crate::pool::crew::{Action, State, Why};
use std::time::Duration;

#[test]
fn min_workers_are_started_and_opened_when_they_are_up() {
    let mut yard = Yard::new(&settings(2, 4));
    assert_eq!(yard.decide(), starts(1..=2));
    assert_eq!(yard.decide(), []);
    assert_eq!(yard.all_up(), [open(1), open(2)]);
    assert_eq!(yard.decide(), []);
}

#[test]
fn as_long_as_nobody_knows_better_each_task_that_waits_is_worth_a_worker() {
    let mut yard = Yard::new(&settings(0, 4));
    assert_eq!(yard.decide(), []);
    yard.queue(1);
    assert_eq!(yard.decide(), starts(1..=1));
    yard.queue(100);
    assert_eq!(yard.decide(), starts(2..=4));
    yard.queue(1000);
    assert_eq!(yard.decide(), []);
}

#[test]
fn workers_that_run_several_at_once_are_worth_several_tasks() {
    let mut settings = settings(0, 4);
    settings.concurrent_tasks = 10;
    let mut yard = Yard::new(&settings);
    yard.queue(11);
    assert_eq!(yard.decide(), starts(1..=2));
}

#[test]
fn what_is_done_sooner_than_a_worker_is_up_is_worth_none() {
    let mut yard = Yard::new(&settings(1, 4));
    yard.decide();
    yard.all_up();
    yard.all_busy();
    yard.queue(100);
    yard.load.run_time = Some(Duration::from_micros(10));
    assert_eq!(yard.decide(), []);
    yard.queue(100_000);
    assert_eq!(yard.decide(), starts(2..=4));
}

#[test]
fn who_waits_for_long_gets_a_worker_whatever_the_mean_is() {
    let mut yard = Yard::new(&settings(1, 4));
    yard.decide();
    yard.all_up();
    yard.all_busy();
    yard.queue(1);
    yard.load.run_time = Some(Duration::from_micros(10));
    yard.load.oldest_wait = ms(3);
    assert_eq!(yard.decide(), []);
    // It asks to be asked when it has waited for long enough.
    assert_eq!(yard.crew.next_deadline(), Some(yard.now + ms(7)));
    yard.load.oldest_wait = ms(10);
    assert_eq!(yard.pass_to_deadline(), starts(2..=2));
}

#[test]
fn nobody_is_started_while_somebody_has_nothing_to_do() {
    let mut yard = Yard::new(&settings(1, 4));
    yard.decide();
    yard.all_up();
    // For a worker that it must be given to, say.
    yard.queue(5);
    assert_eq!(yard.decide(), []);
}

#[test]
fn no_more_boot_at_once_than_there_are_cpus_but_those_that_wait_for_something_else_do_not_count() {
    let mut yard = Yard::with_cpus(&settings(0, 8), 2);
    yard.queue(100);
    assert_eq!(yard.decide(), starts(1..=2));
    assert_eq!(yard.pass(100), []);
    yard.crew.up(1, yard.now);
    assert_eq!(yard.decide(), [open(1), Action::Start(3)]);
    yard.all_busy();
    assert_eq!(yard.pass_to_deadline(), [Action::Start(4)]);
    assert_eq!(yard.pass_to_deadline(), [Action::Start(5)]);
}

#[test]
fn those_that_boot_for_long_because_they_have_no_cpu_go_on_counting() {
    let mut yard = Yard::with_cpus(&settings(0, 8), 2);
    yard.queue(100);
    assert_eq!(yard.decide(), starts(1..=2));
    yard.wants_cpu = vec![1, 2];
    assert_eq!(yard.pass(1000), []);
    assert_eq!(yard.pass_to_deadline(), []);
    yard.wants_cpu = vec![2];
    assert_eq!(yard.pass_to_deadline(), [Action::Start(3)]);
    assert_eq!(yard.pass(0), []);
}

#[test]
fn whoever_opens_the_pool_has_a_cpu_of_its_own_until_it_is_ready_but_the_first_worker_does_not_wait() {
    for (cpus, at_first) in [(1, 1), (2, 1), (4, 3), (64, 8)] {
        let mut yard = Yard::with_cpus(&settings(8, 8), cpus);
        yard.crew.set_opening(true);
        assert_eq!(yard.decide(), starts(1..=at_first));
        assert_eq!(yard.decide(), []);
        yard.crew.set_opening(false);
        let then = 8.min(cpus as u32);
        assert_eq!(yard.decide(), starts(at_first + 1..=then));
    }
}

#[test]
fn workers_that_came_too_late_for_their_tasks_are_opened_all_the_same() {
    let mut yard = Yard::new(&settings(0, 4));
    yard.queue(2);
    yard.decide();
    yard.queue(0);
    assert_eq!(yard.all_up(), [open(1), open(2)]);
}

#[test]
fn those_without_work_end_down_to_the_least_longest_idle_first() {
    let mut settings = settings(1, 4);
    settings.idle_timeout = Some(ms(1000));
    let mut yard = Yard::new(&settings);
    yard.queue(3);
    yard.decide();
    yard.all_up();
    yard.queue(0);
    yard.all_busy();
    yard.decide();
    for id in [2, 1, 3] {
        yard.pass(10);
        yard.answer(id);
    }
    assert_eq!(yard.pass(0), []);
    assert_eq!(yard.pass(979), []);
    assert_eq!(yard.pass_to_deadline(), [Action::Drain(2, Why::Idle), end(2, Why::Idle)]);
    assert_eq!(yard.pass_to_deadline(), [Action::Drain(1, Why::Idle), end(1, Why::Idle)]);
    yard.all_gone();
    assert_eq!(yard.pass(100_000), []);
    assert_eq!(yard.in_state(State::Open), [3]);
}

#[test]
fn those_that_become_idle_without_a_word_are_looked_after() {
    let mut settings = settings(0, 4);
    settings.idle_timeout = Some(ms(1000));
    let mut yard = Yard::new(&settings);
    yard.queue(1);
    yard.decide();
    yard.all_up();
    yard.queue(0);
    yard.all_busy();
    yard.decide();
    yard.pass(600);
    yard.answer(1);
    assert_eq!(yard.pass(999), []);
    assert_eq!(yard.pass_to_deadline(), [Action::Drain(1, Why::Idle), end(1, Why::Idle)]);
}

#[test]
fn without_a_timeout_they_stay() {
    let mut yard = Yard::new(&settings(0, 2));
    yard.queue(2);
    yard.decide();
    yard.all_up();
    yard.queue(0);
    assert_eq!(yard.pass(1_000_000_000), []);
    assert_eq!(yard.crew.next_deadline(), None);
}

#[test]
fn spares_are_there_beside_those_that_work_and_take_the_place_of_one_that_is_gone_at_once() {
    let mut settings = settings(1, 1);
    settings.spare_workers = 1;
    let mut yard = Yard::new(&settings);
    assert_eq!(yard.decide(), starts(1..=2));
    assert_eq!(yard.all_up(), [open(1)]);
    yard.busy(1, 1);
    yard.decide();
    yard.gone(1, killed());
    assert_eq!(yard.decide(), [open(2), Action::Start(3)]);
    assert_eq!(yard.all_up(), []);
}

#[test]
fn a_spare_is_opened_for_work_that_would_not_be_worth_a_start() {
    let mut settings = settings(1, 2);
    settings.spare_workers = 1;
    let mut yard = Yard::new(&settings);
    yard.decide();
    yard.all_up();
    yard.all_busy();
    yard.queue(5);
    yard.load.run_time = Some(ms(2));
    assert_eq!(yard.decide(), [open(2), Action::Start(3)]);
}

#[test]
fn other_numbers_hold_as_soon_as_they_are_known() {
    let mut yard = Yard::new(&settings(4, 4));
    yard.decide();
    yard.all_up();
    yard.all_busy();
    yard.answer(2);
    yard.crew.configure(&settings(1, 2));
    assert!(yard.crew.is_due(yard.now, &yard.load));
    // Who has nothing to do goes first.
    let drained = |worker| Action::Drain(worker, Why::Surplus);
    assert_eq!(yard.decide(), [drained(2), drained(1), end(2, Why::Surplus)]);
    yard.crew.configure(&settings(4, 4));
    // The one that still runs its task has its place.
    assert_eq!(yard.decide(), [Action::Start(5)]);
    yard.all_up();
    yard.answer(1);
    assert_eq!(yard.decide(), [end(1, Why::Surplus), Action::Start(6)]);
}

#[test]
fn a_crew_without_news_is_not_due() {
    let mut yard = Yard::new(&settings(1, 4));
    yard.decide();
    yard.all_up();
    yard.all_busy();
    assert!(!yard.crew.is_due(yard.now, &yard.load));
    yard.queue(10);
    assert!(yard.crew.is_due(yard.now, &yard.load));
    yard.decide();
    yard.queue(15);
    assert!(!yard.crew.is_due(yard.now, &yard.load));
    yard.queue(25);
    assert!(yard.crew.is_due(yard.now, &yard.load));
    yard.decide();
    yard.queue(0);
    assert!(!yard.crew.is_due(yard.now, &yard.load));
    yard.queue(1);
    assert!(yard.crew.is_due(yard.now, &yard.load), "the queue was empty meanwhile");
}

#[test]
fn workers_that_always_have_a_task_before_them_get_company_though_nothing_waits() {
    let mut yard = Yard::new(&settings(1, 2));
    yard.decide();
    yard.all_up();
    yard.busy(1, 60);
    yard.load.running = 1;
    yard.load.prefetched = 59;
    assert!(yard.crew.is_due(yard.now, &yard.load), "nobody would look");
    for _ in 0..3 {
        assert_eq!(yard.decide(), []);
        assert!(!yard.crew.is_due(yard.now, &yard.load));
        yard.now = yard.crew.next_deadline().unwrap();
    }
    assert_eq!(yard.decide(), [Action::Start(2)]);
    yard.decide();
    // There are as many as there may be: nobody looks.
    assert!(!yard.crew.is_due(yard.now + ms(900), &yard.load));
}

#[test]
fn a_worker_that_has_nothing_before_it_now_and_then_is_enough() {
    let mut yard = Yard::new(&settings(1, 2));
    yard.decide();
    yard.all_up();
    yard.busy(1, 60);
    yard.load.running = 1;
    for look in 0..20 {
        yard.load.prefetched = if look % 3 == 0 { 0 } else { 59 };
        assert_eq!(yard.pass(10), []);
    }
}

#[test]
fn one_that_was_opened_just_now_is_looked_after_as_well() {
    let mut settings = settings(0, 2);
    settings.idle_timeout = Some(ms(50));
    let mut yard = Yard::new(&settings);
    yard.queue(1);
    yard.decide();
    yard.crew.up(1, yard.now);
    assert_eq!(yard.decide(), [open(1)]);
    // Its task is done before anybody decides again.
    yard.queue(0);
    assert_eq!(yard.crew.next_deadline(), Some(yard.now + ms(50)));
    assert_eq!(yard.pass_to_deadline(), [Action::Drain(1, Why::Idle), end(1, Why::Idle)]);
}
