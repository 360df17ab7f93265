//! What the machine can bear, and what was allowed.

use super::yard::*;
use crate::pool::crew::{Action, Note};
use crate::pool::machine::{Scarce, Snapshot};

#[test]
fn there_are_never_more_processes_than_the_hard_limit_whatever_they_do() {
    let mut settings = settings(2, 4);
    settings.spare_workers = 2;
    settings.hard_limit = Some(3);
    let mut yard = Yard::new(&settings);
    yard.queue(100);
    assert_eq!(yard.decide(), starts(1..=3));
    yard.all_up();
    yard.all_busy();
    yard.gone(1, killed());
    assert_eq!(yard.decide(), [Action::Start(4)]);
}

#[test]
fn the_soft_limit_is_told_each_time_that_it_is_reached() {
    let mut settings = settings(0, 4);
    settings.soft_limit = Some(2);
    settings.idle_timeout = Some(ms(10));
    let mut yard = Yard::new(&settings);
    for _ in 0..2 {
        yard.queue(2);
        yard.decide();
        assert_eq!(std::mem::take(&mut yard.notes), [Note::SoftLimit(2)]);
        yard.all_up();
        yard.queue(0);
        yard.pass(10);
        yard.all_gone();
        yard.decide();
        assert_eq!(yard.notes, []);
    }
}

#[test]
fn a_task_that_finds_too_little_memory_gets_no_further_worker_but_there_is_always_one() {
    let mut settings = settings(0, 4);
    settings.min_memory_per_task = 1000;
    let mut yard = Yard::new(&settings);
    yard.machine = Snapshot { available: Some(10), ..Snapshot::default() };
    yard.queue(10);
    assert_eq!(yard.decide(), [Action::Start(1)]);
    assert_eq!(yard.notes, [Note::Scarce(Scarce::Memory)]);
    yard.all_up();
    yard.all_busy();
    yard.decide();
    assert_eq!(yard.notes.len(), 1);
    // Asked again, nobody would say that there is more now. Those that were started have not taken theirs yet.
    yard.machine.available = Some(2999);
    assert_eq!(yard.pass_to_deadline(), starts(2..=3));
}

#[test]
fn pressure_counts_as_too_little_memory() {
    let mut settings = settings(2, 2);
    settings.min_memory_per_task = 1;
    let mut yard = Yard::new(&settings);
    yard.machine = Snapshot { available: Some(1 << 40), memory_pressure: Some(0.3), ..Snapshot::default() };
    assert_eq!(yard.decide(), [Action::Start(1)]);
}

#[test]
fn cpus_that_are_busy_get_no_further_worker() {
    let mut settings = settings(0, 4);
    settings.max_cpu_threshold = Some(0.9);
    let mut yard = Yard::new(&settings);
    yard.machine = Snapshot { cpu: Some(0.95), ..Snapshot::default() };
    yard.queue(10);
    assert_eq!(yard.decide(), [Action::Start(1)]);
    assert_eq!(yard.notes, [Note::Scarce(Scarce::Cpu)]);
    yard.machine.cpu = Some(0.5);
    assert_eq!(yard.pass_to_deadline(), starts(2..=4));
}

#[test]
fn where_there_is_too_little_for_one_more_those_that_are_there_do_the_work() {
    let mut yard = Yard::new(&settings(3, 3));
    yard.queue(100);
    assert_eq!(yard.decide(), starts(1..=3));
    yard.crew.started(1, yard.now);
    for id in [2, 3] {
        yard.crew.start_failed(id, libc::EMFILE, yard.now);
    }
    assert_eq!(yard.decide(), []);
    assert_eq!(yard.all_up(), [open(1)]);
    yard.busy(1, 1);
    assert_eq!((yard.pass(998), yard.crew.next_deadline()), (vec![], Some(yard.start + ms(1000))));
    // It is not told again for as long as it stays so.
    assert_eq!(yard.pass(2), starts(4..=5));
    for id in [4, 5] {
        yard.crew.start_failed(id, libc::EMFILE, yard.now);
    }
    assert_eq!(yard.decide(), []);
    assert_eq!(yard.notes, [Note::Scarce(Scarce::Descriptors)]);
    // One that has gone leaves its own.
    yard.gone(1, killed());
    assert_eq!(yard.decide(), starts(6..=8));
    (6..=8).for_each(|id| yard.crew.started(id, yard.now));
    assert_eq!(yard.all_up(), [open(6), open(7), open(8)]);
    assert_eq!((yard.crew.totals().failed, yard.notes.len()), (0, 1));
}

#[test]
fn where_there_is_too_little_for_any_it_is_a_start_that_fails() {
    let mut yard = Yard::new(&settings(1, 3));
    assert_eq!(yard.decide(), starts(1..=1));
    yard.crew.start_failed(1, libc::EMFILE, yard.now);
    yard.decide();
    assert!(matches!(yard.notes[..], [Note::StartFailed { worker: 1, .. }]));
}
