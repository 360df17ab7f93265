//! What becomes of a task.

use super::*;
use crate::pool::queue::Ids;

fn ended(expired: &[Expired]) -> Vec<(TaskId, What, bool)> {
    let told = expired.iter().map(|expired| match expired {
        Expired::Ended(ended) => (ended.task, ended.what, false),
        Expired::Tell(_, ended) => (ended.task, ended.what, true),
        Expired::EndWorker(worker) => panic!("worker {worker}"),
    });
    told.collect()
}

#[test]
fn an_answer_is_delivered_once_with_its_times() {
    let mut bench = Bench::new(|_| ());
    bench.submit_all([1]);
    bench.pass(5);
    assert_eq!(bench.give(), [(1, 1)]);
    assert_eq!(bench.answer(2, 1), Answered::Unknown);
    bench.pass(7);
    assert_eq!(bench.answer(1, 1), Answered::Deliver { waited: ms(5), ran: ms(7), attempts: 1 });
    assert_eq!((bench.answer(1, 1), bench.answer(3, 1), bench.dispatcher.pending()), (Answered::Unknown, Answered::Unknown, 0));
}

#[test]
fn there_is_a_bound_on_tasks_and_on_bytes() {
    let mut bench = Bench::new(|settings| settings.max_queue = 3);
    bench.submit_all(1..=5);
    assert!(!bench.dispatcher.take_drain());
    assert!(bench.dispatcher.submit(bench.task(6), bench.now).is_err());
    bench.give();
    bench.delivered(1, 1);
    assert!(!bench.dispatcher.take_drain());
    bench.submit_all([6]);
    assert!(!bench.dispatcher.has_room(0));
    bench.delivered(2, 2);
    bench.give();
    bench.delivered(1, 3);
    assert!(bench.dispatcher.take_drain() && !bench.dispatcher.take_drain());
    let mut bench = Bench::new(|settings| settings.max_queued_bytes = 12);
    bench.submit_all([1, 2]);
    assert!(bench.dispatcher.has_room(2) && !bench.dispatcher.has_room(3));
    assert!(bench.dispatcher.submit(bench.task(3), bench.now).is_err());
    bench.give();
    // What a worker has may be needed again.
    assert!(bench.dispatcher.submit(bench.task(3), bench.now).is_err());
    bench.delivered(1, 1);
    assert!(bench.dispatcher.take_drain());
    bench.delivered(2, 2);
    // One alone is taken whatever its size.
    bench.submit(3, |task| task.frame = Frame::line(vec![b' '; 100]));
    assert!(!bench.dispatcher.has_room(0));
}

#[test]
fn an_id_that_is_in_use_or_too_large_is_refused() {
    let mut bench = Bench::new(|_| ());
    bench.submit_all([1]);
    assert!(bench.dispatcher.submit(bench.task(1), bench.now).is_err());
    assert!(bench.dispatcher.submit(bench.task(Ids::LIMIT), bench.now).is_err());
    bench.dispatcher.check();
}

#[test]
fn what_had_begun_is_lost_with_its_worker_and_the_rest_goes_on_elsewhere_first() {
    let mut bench = Bench::new(|settings| settings.prefetch = Prefetch::Tasks(3));
    bench.dispatcher.set_open(2, false);
    bench.submit_all(1..=6);
    assert_eq!(bench.give().len(), 4);
    bench.pass(4);
    bench.delivered(1, 1);
    let ended = bench.dispatcher.worker_gone(1, Some(2), What::Signal(11), bench.now);
    let lost = Ended { task: 2, what: What::Signal(11), worker: 1, waited: ms(4), ran: ms(0), attempts: 1 };
    assert_eq!(ended, [lost]);
    bench.dispatcher.set_open(2, true);
    assert_eq!(bench.give(), [(2, 3), (2, 4), (2, 5), (2, 6)]);
    // Without a page all count as begun.
    assert_eq!(bench.dispatcher.worker_gone(2, None, What::Exit(Some(0)), bench.now).len(), 4);
    assert_eq!(bench.dispatcher.pending(), 0);
}

#[test]
fn retries_are_for_what_had_begun_and_poison_ends_them() {
    let mut bench = Bench::new(|settings| settings.poison_threshold = 3);
    bench.dispatcher.set_open(2, false);
    bench.submit(1, |task| task.retries = 1);
    bench.submit(2, |task| task.retries = 9);
    bench.submit_all([3]);
    for (worker, begun, expected) in [(10, 0, vec![]), (11, 1, vec![]), (12, 0, vec![]), (13, 1, vec![(1, What::Oom)])] {
        bench.up(worker);
        bench.dispatcher.set_open(1, false);
        assert_eq!(bench.give(), [(worker, 1)]);
        assert_eq!(bench.gone(worker, begun, What::Oom), expected);
    }
    for (worker, expected) in [(14, vec![]), (15, vec![]), (16, vec![(2, What::Poisoned)])] {
        bench.up(worker);
        assert_eq!(bench.give(), [(worker, 2)]);
        assert_eq!(bench.gone(worker, 1, What::Exit(None)), expected);
    }
    bench.up(17);
    assert_eq!(bench.give(), [(17, 3)]);
    bench.delivered(17, 3);
}

#[test]
fn an_abort_ends_a_task_at_once_and_its_worker_gets_a_grace() {
    let mut bench = Bench::new(|settings| {
        settings.prefetch = Prefetch::Tasks(2);
        settings.abort_grace = ms(100);
    });
    bench.dispatcher.set_open(2, false);
    bench.submit_all(1..=4);
    assert_eq!(bench.give().len(), 3);
    bench.pass(10);
    assert!(matches!(bench.dispatcher.abort(4, What::Aborted, bench.now), Abort::Ended(Ended { task: 4, worker: 0, attempts: 0, .. })));
    let expected = Ended { task: 1, what: What::Aborted, worker: 1, waited: ms(0), ran: ms(10), attempts: 1 };
    assert_eq!(bench.dispatcher.abort(1, What::Aborted, bench.now), Abort::Tell(1, expected));
    assert_eq!(bench.dispatcher.abort(1, What::Aborted, bench.now), Abort::Unknown);
    // One that waits at the worker cannot be blamed for what runs.
    assert!(matches!(bench.dispatcher.abort(2, What::Aborted, bench.now), Abort::Tell(1, Ended { worker: 0, attempts: 0, .. })));
    bench.pass(99);
    assert_eq!(bench.expire(), []);
    assert_eq!(bench.answer(1, 1), Answered::Late);
    assert_eq!(bench.dispatcher.next_deadline(), Some(bench.now + ms(100)));
    bench.pass(100);
    assert_eq!(bench.expire(), [Expired::EndWorker(1)]);
    assert_eq!((bench.expire(), bench.dispatcher.next_deadline()), (vec![], None));
    // Nothing new for it; and what it had to do beside that is not to blame.
    bench.submit_all([5]);
    assert_eq!(bench.give(), []);
    assert_eq!(bench.gone(1, 2, What::Signal(9)), []);
    bench.dispatcher.set_open(2, true);
    assert_eq!(bench.give(), [(2, 3), (2, 5)]);
}

#[test]
fn those_beside_a_task_that_does_not_stop_are_retried_without_blame() {
    let mut bench = Bench::new(|settings| {
        settings.concurrent_tasks = 2;
        settings.poison_threshold = 1;
    });
    bench.submit_all([1]);
    bench.dispatcher.set_open(2, false);
    bench.submit(2, |task| task.retries = 1);
    assert_eq!(bench.give(), [(1, 1), (1, 2)]);
    bench.dispatcher.abort(1, What::Timeout, bench.now);
    bench.pass(1000);
    assert_eq!(bench.expire(), [Expired::EndWorker(1)]);
    assert_eq!(bench.gone(1, 2, What::Signal(9)), []);
    bench.dispatcher.set_open(2, true);
    assert_eq!(bench.give(), [(2, 2)]);
    bench.pass(1);
    assert_eq!(bench.answer(2, 2), Answered::Deliver { waited: ms(1000), ran: ms(1), attempts: 2 });
}

#[test]
fn deadlines_count_from_submission_and_from_the_start() {
    let mut bench = Bench::new(|settings| settings.prefetch = Prefetch::Tasks(1));
    bench.dispatcher.set_open(2, false);
    let start = bench.now;
    bench.submit(1, |task| task.timeout = Some(ms(50)));
    bench.submit(2, |task| {
        task.timeout = Some(ms(20));
        task.start_by = Some(start + ms(90));
    });
    bench.submit(3, |task| task.start_by = Some(start + ms(30)));
    bench.submit(4, |task| task.end_by = Some(start + ms(40)));
    bench.submit(5, |task| task.end_by = Some(start + ms(70)));
    assert_eq!(bench.give(), [(1, 1), (1, 2)]);
    bench.pass(30);
    assert_eq!(ended(&bench.expire()), [(3, What::QueueTimeout, false)]);
    bench.pass(10);
    assert_eq!(ended(&bench.expire()), [(4, What::Deadline, false)]);
    bench.pass(10);
    assert_eq!(ended(&bench.expire()), [(1, What::Timeout, true)]);
    // From now on the next one runs.
    assert_eq!(bench.answer(1, 1), Answered::Late);
    assert_eq!(bench.give(), [(1, 5)]);
    assert_eq!(bench.dispatcher.next_deadline(), Some(start + ms(70)));
    bench.pass(20);
    let mut both = ended(&bench.expire());
    both.sort_unstable_by_key(|(task, ..)| *task);
    assert_eq!(both, [(2, What::Timeout, true), (5, What::Deadline, true)]);
    assert_eq!((bench.answer(1, 2), bench.answer(1, 5)), (Answered::Late, Answered::Late));
    assert_eq!((bench.dispatcher.next_deadline(), bench.dispatcher.pending()), (None, 0));
    // Of one that waits at its worker.
    bench.submit_all([6]);
    bench.submit(7, |task| task.start_by = Some(start + ms(100)));
    assert_eq!(bench.give().len(), 2);
    bench.pass(30);
    assert_eq!(ended(&bench.expire()), [(7, What::QueueTimeout, true)]);
}

#[test]
fn a_task_that_was_started_in_time_may_be_tried_again_later() {
    let mut bench = Bench::new(|_| ());
    let start = bench.now;
    bench.submit(1, |task| {
        task.start_by = Some(start + ms(10));
        task.retries = 1;
    });
    assert_eq!(bench.give(), [(1, 1)]);
    bench.pass(20);
    assert_eq!(bench.expire(), []);
    bench.dispatcher.set_open(2, false);
    assert_eq!(bench.gone(1, 1, What::Oom), []);
    bench.pass(20);
    assert_eq!((bench.expire(), bench.dispatcher.next_deadline()), (vec![], None));
}

#[test]
fn all_end_at_once() {
    let mut bench = Bench::new(|_| ());
    bench.submit_all(1..=5);
    bench.submit(6, |task| task.for_worker = Some(1));
    bench.give();
    let now = bench.now;
    let mut waiting: Vec<_> = bench.dispatcher.end_all(What::Start, true, now).into_iter().map(|ended| ended.task).collect();
    waiting.sort_unstable();
    bench.dispatcher.check();
    assert_eq!(waiting, [2, 3, 4, 5]);
    let all = bench.dispatcher.end_all(What::Shutdown, false, now);
    bench.dispatcher.check();
    assert_eq!((all.len(), bench.dispatcher.pending()), (2, 0));
    assert_eq!(bench.answer(1, 6), Answered::Late);
}

#[test]
fn a_number_may_be_used_again_while_a_worker_still_has_the_old_task() {
    let mut bench = Bench::new(|settings| settings.concurrent_tasks = 2);
    bench.submit_all([1]);
    assert_eq!(bench.give(), [(1, 1)]);
    bench.dispatcher.abort(1, What::Aborted, bench.now);
    bench.dispatcher.set_open(2, false);
    bench.submit_all([1]);
    assert_eq!(bench.give(), []);
    bench.dispatcher.set_open(2, true);
    assert_eq!(bench.give(), [(2, 1)]);
    assert_eq!(bench.answer(1, 1), Answered::Late);
    bench.delivered(2, 1);
}

#[test]
fn what_could_not_be_written_is_not_counted_among_those_that_a_worker_got() {
    let mut bench = Bench::new(|settings| settings.prefetch = Prefetch::Tasks(3));
    bench.dispatcher.set_open(2, false);
    bench.submit_all(1..=4);
    assert_eq!(bench.give().len(), 4);
    assert!(!bench.dispatcher.unwritten(2, 2, bench.now));
    assert!(bench.dispatcher.unwritten(1, 2, bench.now));
    bench.dispatcher.check();
    assert!(!bench.dispatcher.unwritten(1, 2, bench.now));
    assert_eq!(bench.dispatcher.pending(), 3);
    // It has begun 1 and 3.
    assert_eq!(bench.gone(1, 2, What::Signal(9)), [(1, What::Signal(9)), (3, What::Signal(9))]);
    bench.dispatcher.set_open(2, true);
    assert_eq!(bench.give(), [(2, 4)]);
}

#[test]
fn a_worker_that_claims_to_have_begun_what_it_never_got_is_not_believed() {
    for begun in [2, 1 << 31, 1 << 30] {
        let mut bench = Bench::new(|_| ());
        bench.submit_all([1]);
        bench.give();
        assert_eq!(bench.gone(1, begun, What::Signal(9)), [(1, What::Signal(9))]);
    }
}
