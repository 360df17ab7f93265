//! Workers that die, or should.

use super::yard::*;
use crate::pool::crew::{Action, Failure, Note, Sample, State, Why};
use crate::process::ExitStatus;

#[test]
fn who_dies_with_a_task_is_replaced_at_once_however_often() {
    let mut yard = Yard::new(&settings(1, 1));
    yard.decide();
    for id in 1..100 {
        yard.all_up();
        yard.busy(id, 1);
        yard.gone(id, killed());
        assert_eq!(yard.decide(), [Action::Start(id + 1)]);
    }
    assert_eq!(yard.crew.totals().restarts(), 99);
    assert_eq!(yard.notes, []);
}

#[test]
fn who_dies_before_it_has_done_anything_is_replaced_at_once_the_first_time_and_then_with_back_off() {
    let mut yard = Yard::new(&settings(1, 1));
    yard.decide();
    yard.all_up();
    yard.gone(1, ExitStatus::Code(0));
    yard.queue(1);
    assert_eq!(yard.decide(), [Action::Start(2)]);
    yard.all_up();
    yard.gone(2, ExitStatus::Code(0));
    assert_eq!(yard.decide(), []);
    assert_eq!(yard.pass(100), [Action::Start(3)]);
    yard.all_up();
    yard.gone(3, ExitStatus::Code(0));
    assert_eq!(yard.decide(), [Action::Reject(Failure::Died(ExitStatus::Code(0)))]);
}

#[test]
fn who_has_lived_for_long_may_die_without_being_a_failed_start() {
    let mut yard = Yard::new(&settings(1, 1));
    yard.decide();
    yard.all_up();
    yard.now += ms(10_000);
    yard.gone(1, killed());
    assert_eq!(yard.decide(), [Action::Start(2)]);
    assert_eq!(yard.notes, []);
}

#[test]
fn more_than_the_least_are_not_replaced_for_nothing() {
    let mut yard = Yard::new(&settings(1, 3));
    yard.queue(3);
    yard.decide();
    yard.all_up();
    yard.queue(0);
    yard.all_busy();
    yard.gone(2, killed());
    assert_eq!(yard.decide(), []);
    assert_eq!(yard.in_state(State::Open), [1, 3]);
}

#[test]
fn a_worker_that_others_condemn_is_killed_once_and_replaced() {
    let mut yard = Yard::new(&settings(1, 1));
    yard.decide();
    yard.all_up();
    yard.busy(1, 1);
    yard.crew.condemn(1, Why::Task, yard.now);
    yard.crew.condemn(1, Why::Protocol, yard.now);
    assert_eq!(yard.decide(), [kill(1, Why::Task), Action::Start(2)]);
    yard.crew.condemn(1, Why::Protocol, yard.now);
    assert_eq!(yard.decide(), []);
    yard.gone(1, killed());
    assert_eq!(yard.decide(), []);
    assert_eq!(yard.crew.totals().ended.get(&Why::Task), Some(&1));
    assert_eq!(yard.crew.totals().restarts(), 1);
}

/// A worker that is busy, and an event loop that may be silent for a second.
fn watched() -> Yard {
    let mut settings = settings(1, 1);
    settings.unresponsive_timeout = Some(ms(1000));
    let mut yard = Yard::new(&settings);
    yard.decide();
    yard.all_up();
    yard.busy(1, 1);
    yard.load.running = 1;
    yard
}

fn beat(beats: u32) -> Sample {
    Sample { beats: Some(beats), ..Sample::default() }
}

/// Looks as often as it is asked to, for so many milliseconds.
fn look(yard: &mut Yard, beats: impl Fn(u64) -> Option<u32>, milliseconds: u64) -> Vec<Action> {
    let (start, mut seen) = (yard.now, Vec::new());
    while yard.now < start + ms(milliseconds) {
        for action in yard.pass_to_deadline() {
            if action == Action::Sample {
                let passed = (yard.now - start).as_millis() as u64;
                yard.sample(1, Sample { beats: beats(passed), ..Sample::default() });
                seen.extend(yard.decide());
            } else {
                seen.push(action);
            }
        }
    }
    seen
}

#[test]
fn a_worker_whose_event_loop_stands_still_is_killed() {
    let mut yard = watched();
    assert!(yard.crew.is_due(yard.now, &yard.load), "nobody would look");
    yard.decide();
    assert_eq!(look(&mut yard, |passed| Some((passed / 300) as u32), 5000), []);
    assert_eq!(look(&mut yard, |_| Some(77), 1500), [kill(1, Why::Unresponsive), Action::Start(2)]);
}

#[test]
fn who_does_not_say_whether_it_turns_is_left_alone() {
    let mut yard = watched();
    yard.decide();
    assert_eq!(look(&mut yard, |_| None, 5000), []);
}

#[test]
fn a_machine_that_slept_kills_nobody() {
    let mut yard = watched();
    yard.decide();
    yard.sample(1, beat(5));
    yard.now += ms(3_600_000);
    yard.sample(1, beat(5));
    assert!(!yard.decide().iter().any(|action| matches!(action, Action::End { .. })));
}

#[test]
fn nobody_looks_while_there_is_nothing_to_do() {
    let mut yard = watched();
    yard.decide();
    yard.answer(1);
    yard.load.running = 0;
    assert_eq!(yard.pass_to_deadline(), [Action::Sample]);
    yard.sample(1, beat(1));
    assert_eq!(yard.decide(), []);
    assert_eq!(yard.crew.next_deadline(), None);
}

#[test]
fn recovery_is_told_once() {
    let mut yard = Yard::new(&settings(1, 1));
    yard.decide();
    yard.gone(1, killed());
    yard.decide();
    yard.pass_to_deadline();
    yard.all_up();
    assert_eq!(yard.notes.len(), 1);
    yard.pass(9_999);
    assert_eq!(yard.notes.len(), 1);
    yard.pass(1);
    yard.pass(1);
    assert_eq!(yard.notes[1..], [Note::Recovered]);
}

#[test]
fn who_has_closed_its_channel_is_replaced_before_it_has_gone() {
    let mut settings = settings(1, 1);
    settings.spare_workers = 1;
    let mut yard = Yard::new(&settings);
    yard.decide();
    yard.all_up();
    yard.busy(1, 1);
    yard.crew.leaving(1, yard.now + ms(500));
    assert_eq!(yard.decide(), [open(2), Action::Start(3)]);
    assert_eq!(yard.crew.place(2), 0);
    yard.gone(1, ExitStatus::Code(3));
    assert_eq!(yard.decide(), []);
    assert_eq!(yard.crew.totals().crashed, 1);
}

#[test]
fn who_has_closed_its_channel_and_stays_is_killed() {
    let mut yard = Yard::new(&settings(0, 1));
    yard.queue(1);
    yard.decide();
    yard.all_up();
    yard.busy(1, 1);
    yard.queue(0);
    yard.crew.leaving(1, yard.now + ms(500));
    assert_eq!(yard.decide(), []);
    assert_eq!(yard.pass_to_deadline(), [kill(1, Why::Protocol)]);
    assert_eq!(yard.crew.next_deadline(), None);
}

#[test]
fn who_leaves_before_it_is_up_has_failed() {
    let mut yard = Yard::new(&settings(0, 1));
    yard.queue(1);
    yard.decide();
    yard.crew.leaving(1, yard.now + ms(500));
    // Who waits is told when it is known why.
    assert_eq!(yard.decide(), []);
    yard.gone(1, ExitStatus::Code(1));
    assert_eq!(yard.decide(), [Action::Reject(Failure::Exited(ExitStatus::Code(1)))]);
    yard.queue(1);
    yard.decide();
    yard.pass_to_deadline();
    yard.crew.leaving(2, yard.now + ms(500));
    yard.decide();
    assert_eq!(yard.pass_to_deadline(), [kill(2, Why::Protocol), Action::Reject(Failure::Protocol)]);
}

#[test]
fn who_takes_the_place_of_another_has_its_number() {
    let mut yard = Yard::new(&settings(3, 3));
    yard.decide();
    yard.all_up();
    yard.all_busy();
    assert_eq!([1, 2, 3].map(|id| yard.crew.place(id)), [0, 1, 2]);
    yard.gone(2, killed());
    yard.decide();
    yard.all_up();
    assert_eq!(yard.crew.place(4), 1);
}
