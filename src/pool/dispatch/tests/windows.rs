//! What is written to a worker ahead of its time.

use super::*;

/// Runs `count` tasks on worker 1 that take so long each, and tells the page of it.
fn teach(bench: &mut Bench, microseconds: u64, count: u32) {
    bench.dispatcher.set_open(2, false);
    let (mut finished, mut busy) = (0, 0);
    bench.dispatcher.measured(1, finished, busy, bench.now);
    for task in 1000..1000 + count {
        bench.submit_all([task]);
        assert_eq!(bench.give(), [(1, task)]);
        bench.now += Duration::from_micros(microseconds);
        bench.delivered(1, task);
        finished += 1;
        busy += microseconds;
        bench.dispatcher.measured(1, finished, busy, bench.now);
    }
    bench.dispatcher.set_open(2, true);
}

fn auto(microseconds: u64) -> Bench {
    let mut bench = Bench::new(|settings| settings.prefetch = Prefetch::Auto);
    if microseconds > 0 {
        teach(&mut bench, microseconds, 50);
    }
    bench
}

fn counts(given: &[(WorkerId, TaskId)]) -> (usize, usize) {
    let first = given.iter().filter(|(worker, _)| *worker == 1).count();
    (first, given.len() - first)
}

#[test]
fn about_a_millisecond_of_work_waits_at_a_worker() {
    for (microseconds, expected) in [(0, 1), (10, 65), (100, 11), (400, 3), (1100, 2), (3000, 1), (100_000, 1)] {
        let mut bench = auto(microseconds);
        bench.submit_all(1..=500);
        assert_eq!(counts(&bench.give()), (expected, expected), "{microseconds}");
    }
}

#[test]
fn a_page_that_says_what_cannot_be_is_not_believed() {
    // Busy since before there were people, backwards, or with more tasks than it has ever had.
    for (finished, busy) in [(51, u64::MAX), (51, 0), (50 + (1 << 20), 500), (49, 510), (u32::MAX, 510)] {
        let mut bench = auto(10);
        bench.submit_all([1]);
        assert_eq!(bench.give(), [(1, 1)]);
        bench.now += Duration::from_micros(10);
        bench.delivered(1, 1);
        bench.dispatcher.measured(1, finished, busy, bench.now);
        bench.submit_all(2..=501);
        assert_eq!(counts(&bench.give()), (65, 65), "{finished} {busy}");
    }
}

#[test]
fn nothing_is_prefetched_while_another_worker_is_free() {
    let mut bench = auto(10);
    bench.submit_all(1..=2);
    assert_eq!(bench.give(), [(1, 1), (2, 2)]);
    bench.submit_all(3..=6);
    assert_eq!(counts(&bench.give()), (2, 2));
}

#[test]
fn nothing_is_put_behind_what_is_long_or_has_taken_long() {
    let mut bench = auto(10);
    let long = bench.dispatcher.name(b"long");
    bench.submit_all([1]);
    bench.submit(2, |task| task.name = long);
    bench.submit_all(3..=200);
    // It was never measured: nobody knows.
    let given = bench.give();
    assert_eq!(counts(&given), (65, 1));
    assert_eq!(given[1], (2, 2));
    bench.pass(3);
    bench.submit_all(201..=300);
    bench.delivered(1, 1);
    assert_eq!(counts(&bench.give()), (1, 0));
    bench.pass(3);
    let mut two = auto(10);
    two.submit_all(1..=3);
    assert_eq!(two.give().len(), 3);
    two.pass(5);
    two.submit_all(4..=10);
    assert_eq!(two.give(), []);
}

#[test]
fn a_foreign_program_and_prefetch_0_get_what_they_can_run() {
    let mut bench = auto(0);
    bench.dispatcher.worker_up(3, 1.0, true, bench.now);
    bench.dispatcher.set_open(1, false);
    bench.dispatcher.set_open(2, false);
    for task in 1..=20 {
        bench.submit_all([task]);
        assert_eq!(bench.give(), [(3, task)]);
        bench.now += Duration::from_micros(1);
        bench.delivered(3, task);
    }
    bench.submit_all(21..=30);
    assert_eq!(bench.give(), [(3, 21)]);
}

#[test]
fn what_waits_at_a_stuck_worker_is_taken_back_when_another_is_free() {
    let mut bench = auto(10);
    bench.submit_all(1..=6);
    assert_eq!(bench.give(), [(1, 1), (2, 2), (1, 3), (2, 4), (1, 5), (2, 6)]);
    [2, 4, 6].into_iter().for_each(|task| bench.delivered(2, task));
    assert_eq!(bench.dispatcher.recall_due(bench.now), None);
    let due = bench.dispatcher.next_deadline().expect("it is looked at again");
    bench.now = due;
    assert_eq!(bench.dispatcher.recall_due(bench.now), Some(1));
    // It is not asked for again and again, where it does not succeed.
    assert_eq!(bench.dispatcher.recall_due(bench.now), None);
    assert!(bench.dispatcher.next_deadline().is_some_and(|next| next > due));
    // It had 50 before, and had begun one of these.
    bench.dispatcher.recalled(1, 51, bench.now);
    bench.dispatcher.check();
    assert_eq!(bench.give(), [(2, 3), (2, 5)]);
    bench.delivered(2, 3);
    assert_eq!((bench.answer(1, 3), bench.answer(1, 3)), (Answered::Recalled, Answered::Unknown));
    // Until it has passed over them it gets nothing.
    bench.delivered(1, 1);
    bench.submit_all([7]);
    bench.delivered(2, 5);
    assert_eq!(bench.give(), [(2, 7)]);
    bench.submit_all([8]);
    assert_eq!(bench.answer(1, 5), Answered::Recalled);
    assert_eq!(bench.give(), [(1, 8)]);
    assert_eq!(bench.gone(1, 54, What::Signal(9)), [(8, What::Signal(9))]);
}

#[test]
fn a_recall_takes_all_that_was_not_begun_whatever_the_books_say() {
    let mut bench = Bench::new(|settings| {
        settings.prefetch = Prefetch::Tasks(3);
        settings.concurrent_tasks = 2;
    });
    bench.dispatcher.set_open(2, false);
    bench.submit_all(1..=5);
    assert_eq!(bench.give().len(), 5);
    assert!(matches!(bench.dispatcher.abort(4, What::Aborted, bench.now), Abort::Tell(1, _)));
    bench.dispatcher.recalled(1, 1, bench.now);
    bench.dispatcher.check();
    bench.dispatcher.set_open(2, true);
    assert_eq!(bench.give(), [(2, 2), (2, 3), (2, 5)]);
    assert_eq!(bench.answer(1, 4), Answered::Recalled);
}

#[test]
fn without_a_page_run_times_are_taken_from_answers() {
    let mut bench = auto(0);
    bench.dispatcher.set_open(2, false);
    for task in 1..=20 {
        bench.submit_all([task]);
        bench.give();
        bench.now += Duration::from_micros(100);
        bench.delivered(1, task);
    }
    bench.submit_all(21..=99);
    assert_eq!(bench.give().len(), 11);
}
