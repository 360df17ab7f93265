//! A process for each task.

use super::yard::*;
use crate::pool::crew::{Action, State, Why};

fn single(worker: u32) -> Action {
    Action::Open { worker, quota: 1 }
}

#[test]
fn with_isolate_each_worker_has_one_task_and_spares_take_over() {
    let mut settings = settings(1, 1);
    settings.isolate = true;
    settings.spare_workers = 1;
    let mut yard = Yard::new(&settings);
    assert_eq!(yard.decide(), starts(1..=2));
    assert_eq!(yard.all_up(), [single(1)]);
    yard.busy(1, 1);
    yard.spent(1);
    yard.load.spent = 1;
    assert!(yard.crew.is_due(yard.now, &yard.load));
    yard.queue(1);
    // One at a time: the spare waits for its place.
    assert_eq!(yard.decide(), [Action::Drain(1, Why::Isolated)]);
    yard.answer(1);
    assert_eq!(yard.decide(), [end(1, Why::Isolated), single(2), Action::Start(3)]);
}

#[test]
fn a_task_that_wants_a_fresh_process_gets_one_beside_others() {
    let mut yard = Yard::new(&settings(1, 2));
    yard.decide();
    yard.all_up();
    yard.busy(1, 1);
    yard.answer(1);
    yard.queue(1);
    yard.load.queued_isolated = 1;
    assert_eq!(yard.decide(), [Action::Start(2)]);
    assert_eq!(yard.decide(), []);
    assert_eq!(yard.all_up(), [open(2)]);
}

#[test]
fn where_all_places_are_taken_one_that_is_idle_makes_room() {
    let mut yard = Yard::new(&settings(2, 2));
    yard.decide();
    yard.all_up();
    yard.all_busy();
    yard.answer(2);
    yard.queue(1);
    yard.load.queued_isolated = 1;
    assert_eq!(yard.decide(), [Action::Drain(2, Why::Room), end(2, Why::Room), Action::Start(3)]);
    assert_eq!(yard.decide(), []);
    yard.all_gone();
    assert_eq!(yard.all_up(), [open(3)]);
    yard.queue(0);
    yard.load.queued_isolated = 0;
    yard.busy(3, 1);
    yard.spent(3);
    assert_eq!(yard.decide(), [Action::Drain(3, Why::Isolated)]);
    yard.answer(3);
    assert_eq!(yard.decide(), [end(3, Why::Isolated), Action::Start(4)]);
}

#[test]
fn where_all_are_busy_the_next_that_is_done_makes_room() {
    let mut yard = Yard::new(&settings(2, 2));
    yard.decide();
    yard.all_up();
    yard.all_busy();
    yard.queue(3);
    yard.load.queued_isolated = 3;
    assert_eq!(yard.decide(), [Action::Drain(1, Why::Room)]);
    assert_eq!(yard.decide(), []);
    yard.answer(1);
    assert_eq!(yard.decide(), [end(1, Why::Room), Action::Start(3)]);
    assert_eq!(yard.in_state(State::Open), [2]);
}
