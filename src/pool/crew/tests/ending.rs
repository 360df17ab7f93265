//! The end of the pool.

use super::yard::*;
use crate::pool::crew::{Action, State, Why};
use std::time::Duration;

#[test]
fn a_pool_that_closes_does_what_is_there_and_ends_when_all_are_gone() {
    let mut settings = settings(2, 2);
    settings.spare_workers = 1;
    let mut yard = Yard::new(&settings);
    yard.decide();
    yard.all_up();
    yard.all_busy();
    yard.load.running = 2;
    yard.queue(1);
    yard.crew.close();
    yard.decide();
    yard.queue(0);
    yard.answer(1);
    yard.load.running = 1;
    assert_eq!(yard.decide(), []);
    yard.answer(2);
    yard.load.running = 0;
    assert!(yard.crew.is_due(yard.now, &yard.load));
    assert_eq!(yard.decide(), [1, 2, 3].map(|id| end(id, Why::Shutdown)));
    assert!(!yard.crew.is_over());
    yard.all_gone();
    yard.decide();
    assert!(yard.crew.is_over());
}

#[test]
fn what_was_accepted_is_done_even_if_a_worker_must_be_started_for_it() {
    let mut yard = Yard::new(&settings(1, 1));
    yard.queue(1);
    yard.crew.close();
    assert_eq!(yard.decide(), [Action::Start(1)]);
    yard.gone(1, killed());
    yard.decide();
    assert!(!yard.crew.is_over());
    assert_eq!(yard.pass_to_deadline(), [Action::Start(2)]);
}

#[test]
fn a_pool_without_workers_is_over_when_it_is_closed() {
    let mut yard = Yard::new(&settings(0, 1));
    yard.decide();
    assert!(!yard.crew.is_over());
    yard.crew.close();
    assert_eq!(yard.decide(), []);
    assert!(yard.crew.is_over());
}

#[test]
fn destroyed_workers_have_their_grace_and_those_that_start_have_none() {
    let mut yard = Yard::new(&settings(2, 2));
    yard.decide();
    yard.crew.up(1, yard.now);
    yard.decide();
    yard.busy(1, 1);
    yard.crew.destroy(ms(300), yard.now);
    let graceful = Action::End { worker: 1, why: Why::Shutdown, grace: ms(300) };
    assert_eq!(yard.decide(), [graceful, kill(2, Why::Shutdown)]);
    assert_eq!(yard.decide(), []);
    assert_eq!(yard.pass_to_deadline(), [kill(1, Why::Shutdown)]);
    assert_eq!(yard.in_state(State::Killed), [1, 2]);
    yard.all_gone();
    yard.decide();
    assert!(yard.crew.is_over());
}

#[test]
fn destroy_shortens_what_close_has_begun() {
    let mut yard = Yard::new(&settings(1, 1));
    yard.decide();
    yard.all_up();
    yard.crew.close();
    assert_eq!(yard.decide(), [end(1, Why::Shutdown)]);
    yard.crew.destroy(Duration::ZERO, yard.now);
    assert_eq!(yard.decide(), [kill(1, Why::Shutdown)]);
}

#[test]
fn who_does_not_end_in_time_is_killed() {
    let mut settings = settings(0, 1);
    settings.idle_timeout = Some(ms(10));
    let mut yard = Yard::new(&settings);
    yard.queue(1);
    yard.decide();
    yard.all_up();
    yard.queue(0);
    assert_eq!(yard.pass(10), [Action::Drain(1, Why::Idle), end(1, Why::Idle)]);
    assert_eq!(yard.pass_to_deadline(), [kill(1, Why::Idle)]);
}
