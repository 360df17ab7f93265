//! Starts that fail: back-off, what those who wait are told, and when enough is enough.

use super::yard::*;
use crate::pool::crew::{Action, Failure, Note, State, Why};
use crate::pool::machine::Scarce;
use crate::pool::settings::Settings;
use crate::process::ExitStatus;
use std::sync::Arc;

fn error() -> Arc<str> {
    Arc::from(r#"{"message":"no database"}"#)
}

fn rejection() -> Action {
    Action::Reject(Failure::Setup(error()))
}

/// One start, which fails in its setup.
fn fails(yard: &mut Yard) -> Vec<Action> {
    let [worker] = yard.in_state(State::Starting)[..] else { panic!("one at a time") };
    yard.crew.setup_failed(worker, error(), yard.now);
    let actions = yard.decide();
    assert_eq!(actions[0], kill(worker, Why::Setup));
    yard.gone(worker, ExitStatus::Code(1));
    actions[1..].to_vec()
}

fn retries(yard: &Yard) -> Vec<Option<u64>> {
    let retry = |note: &Note| match note {
        Note::StartFailed { retry, .. } => Some(retry.map(|retry| retry.as_millis() as u64)),
        _ => None,
    };
    yard.notes.iter().filter_map(retry).collect()
}

#[test]
fn the_first_failure_ends_what_waits_and_the_next_attempt_waits_twice_as_long_each_time() {
    let mut yard = Yard::new(&settings(0, 1));
    yard.queue(3);
    yard.decide();
    assert_eq!(fails(&mut yard), [rejection()]);
    yard.queue(1);
    for attempt in 2..=5 {
        assert_eq!(yard.decide(), []);
        assert_eq!(yard.pass_to_deadline(), [Action::Start(attempt)]);
        assert_eq!(fails(&mut yard), [rejection()]);
    }
    assert_eq!(retries(&yard), [100, 200, 400, 800, 1600].map(Some));
}

#[test]
fn back_off_has_a_limit_and_jitter_takes_some_of_it() {
    let mut settings = settings(1, 1);
    settings.backoff.max = ms(300);
    settings.backoff.jitter = 0.5;
    settings.max_restarts = None;
    let mut yard = Yard::new(&settings);
    yard.decide();
    for _ in 0..50 {
        fails(&mut yard);
        yard.pass_to_deadline();
    }
    let retries: Vec<u64> = retries(&yard).into_iter().flatten().collect();
    assert!(retries[2..].iter().all(|retry| (150..=300).contains(retry)), "{retries:?}");
    assert!(retries[2..].iter().any(|retry| *retry < 200) && retries[2..].iter().any(|retry| *retry > 250), "{retries:?}");
}

#[test]
fn starts_that_fail_together_are_one_failure_and_then_one_is_tried_at_a_time() {
    let mut yard = Yard::new(&settings(4, 4));
    yard.queue(1);
    assert_eq!(yard.decide(), starts(1..=4));
    yard.now += ms(30);
    for id in 1..=3 {
        yard.crew.setup_failed(id, error(), yard.now);
    }
    // The fourth may still get there.
    assert_eq!(yard.decide(), [1, 2, 3].map(|id| kill(id, Why::Setup)));
    yard.crew.setup_failed(4, error(), yard.now);
    assert_eq!(yard.decide(), [kill(4, Why::Setup), rejection()]);
    yard.all_gone();
    assert_eq!(retries(&yard), [Some(100); 4]);
    assert_eq!(yard.pass_to_deadline(), [Action::Start(5)]);
    yard.crew.up(5, yard.now);
    yard.decide();
    // It is up, so the others will be.
    assert_eq!(yard.in_state(State::Starting).len(), 1);
    yard.busy(5, 1);
    yard.answer(5);
    yard.load.answered = 1;
    assert!(yard.crew.is_due(yard.now, &yard.load), "nobody would look");
    yard.decide();
    assert_eq!(yard.notes.last(), Some(&Note::Recovered));
    assert_eq!(yard.in_state(State::Starting).len(), 3);
}

#[test]
fn one_of_several_that_gets_there_saves_those_who_wait() {
    let mut yard = Yard::new(&settings(2, 2));
    yard.queue(1);
    yard.decide();
    yard.crew.setup_failed(1, error(), yard.now);
    yard.crew.up(2, yard.now);
    assert_eq!(yard.decide(), [kill(1, Why::Setup), open(2), Action::Start(3)]);
    yard.busy(2, 1);
    yard.queue(0);
    yard.gone(2, killed());
    yard.queue(1);
    assert!(!yard.decide().iter().any(|action| matches!(action, Action::Reject(_))));
}

#[test]
fn more_than_max_restarts_in_the_window_are_not_made_and_tasks_are_told_at_once() {
    let mut settings = settings(0, 1);
    settings.max_restarts = Some(2);
    settings.restart_window = ms(60_000);
    settings.backoff.factor = 1.0;
    let mut yard = Yard::new(&settings);
    yard.queue(1);
    yard.decide();
    fails(&mut yard);
    yard.pass(100);
    fails(&mut yard);
    yard.pass(100);
    fails(&mut yard);
    assert!(matches!(yard.notes.last(), Some(Note::GaveUp { failure: Failure::Setup(_), until: Some(_) })), "{:?}", yard.notes);
    assert_eq!(yard.pass(1000), [rejection()]);
    yard.queue(0);
    assert_eq!(yard.pass(1000), []);
    yard.queue(1);
    assert_eq!(yard.pass(1000), [rejection()]);
    // The first restart was made 100 ms after the beginning.
    assert_eq!(yard.pass(60_000 - 3100 - 1), [rejection()]);
    assert_eq!(yard.pass(1), [Action::Start(4)]);
}

#[test]
fn none_is_none_until_somebody_configures_it_anew() {
    let mut settings = Settings { max_restarts: Some(0), ..settings(1, 1) };
    let mut yard = Yard::new(&settings);
    yard.queue(1);
    yard.decide();
    assert_eq!(fails(&mut yard), [rejection()]);
    assert_eq!(retries(&yard), [None]);
    assert_eq!(yard.crew.next_deadline(), None);
    assert_eq!(yard.pass(1_000_000), [rejection()]);
    settings.max_restarts = Some(1);
    yard.crew.configure(&settings);
    assert_eq!(yard.decide(), [Action::Start(2)]);
}

#[test]
fn what_may_pass_is_tried_again_before_anybody_is_told() {
    let mut yard = Yard::new(&settings(0, 1));
    yard.queue(1);
    yard.decide();
    for attempt in 1..=2 {
        yard.crew.start_failed(attempt, libc::EAGAIN, yard.now);
        assert_eq!(yard.decide(), []);
        assert_eq!(yard.pass_to_deadline(), [Action::Start(attempt + 1)]);
    }
    yard.gone(3, killed());
    assert_eq!(yard.decide(), [Action::Reject(Failure::Exited(killed()))]);
}

#[test]
fn a_program_that_is_not_there_is_told_at_once() {
    let mut yard = Yard::new(&settings(0, 1));
    yard.queue(1);
    yard.decide();
    yard.crew.start_failed(1, libc::ENOENT, yard.now);
    assert_eq!(yard.decide(), [Action::Reject(Failure::Spawn(libc::ENOENT))]);
}

#[test]
fn who_is_not_up_in_time_is_killed_and_has_failed() {
    let mut settings = settings(0, 1);
    settings.start_timeout = Some(ms(500));
    let mut yard = Yard::new(&settings);
    yard.queue(1);
    yard.decide();
    yard.now += ms(10);
    yard.crew.started(1, yard.now);
    yard.decide();
    assert_eq!(yard.crew.next_deadline(), Some(yard.now + ms(500)));
    assert_eq!(yard.pass_to_deadline(), [kill(1, Why::StartTimeout), Action::Reject(Failure::Timeout)]);
    // It comes too late.
    yard.crew.up(1, yard.now);
    assert_eq!(yard.decide(), []);
}

#[test]
fn a_worker_that_talks_nonsense_before_it_is_up_has_failed() {
    let mut yard = Yard::new(&settings(0, 1));
    yard.queue(1);
    yard.decide();
    yard.crew.condemn(1, Why::Protocol, yard.now);
    assert_eq!(yard.decide(), [kill(1, Why::Protocol), Action::Reject(Failure::Protocol)]);
}

#[test]
fn a_start_does_not_time_out_in_a_time_in_which_nobody_could_look() {
    let mut settings = settings(1, 1);
    settings.start_timeout = Some(ms(3000));
    let mut yard = Yard::new(&settings);
    yard.decide();
    assert_eq!(yard.pass_to_deadline(), []);
    // It was stopped, and its worker with it.
    assert_eq!(yard.pass(3_600_000), []);
    assert_eq!(yard.in_state(State::Starting), [1]);
    assert_eq!(yard.pass_to_deadline(), [kill(1, Why::StartTimeout)]);
}

#[test]
fn who_waits_for_threads_that_there_are_not_has_failed_for_that_and_soon() {
    let mut settings = settings(1, 1);
    settings.start_timeout = Some(ms(30_000));
    let mut yard = Yard::new(&settings);
    yard.wants_threads = vec![1, 2, 3];
    yard.queue(1);
    yard.decide();
    for worker in 1..=3 {
        let actions = yard.pass_to_deadline();
        assert_eq!(actions[0], kill(worker, Why::StartTimeout));
        // It may pass, so those who wait are not told at once.
        let rejection = Action::Reject(Failure::Spawn(libc::EAGAIN));
        assert_eq!(actions[1..], if worker == 3 { vec![rejection] } else { vec![] });
        yard.gone(worker, killed());
        if worker < 3 {
            assert_eq!(yard.pass_to_deadline(), [Action::Start(worker + 1)]);
        }
    }
    assert!(yard.now - yard.start < ms(5000));
}

#[test]
fn where_others_do_the_work_too_few_threads_are_no_failure() {
    let mut yard = Yard::new(&settings(2, 2));
    yard.decide();
    yard.crew.up(1, yard.now);
    yard.decide();
    yard.wants_threads = vec![2];
    assert_eq!(yard.pass(1000), [kill(2, Why::StartTimeout)]);
    assert_eq!(yard.notes, [Note::Scarce(Scarce::Processes)]);
    yard.gone(2, killed());
    yard.wants_threads.clear();
    assert_eq!(yard.decide(), [Action::Start(3)]);
}

#[test]
fn none_is_started_while_nobody_hears_of_those_that_come_and_go() {
    let mut yard = Yard::new(&settings(1, 1));
    yard.is_deaf = true;
    assert_eq!(yard.decide(), []);
    assert_eq!(yard.crew.next_deadline(), None);
    yard.is_deaf = false;
    yard.crew.look_again();
    assert_eq!(yard.decide(), [Action::Start(1)]);
}
