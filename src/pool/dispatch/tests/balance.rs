//! Who gets a task.

use super::*;
use std::sync::Arc;

#[test]
fn the_least_busy_gets_it_and_the_first_among_equals() {
    let mut bench = Bench::new(|settings| settings.concurrent_tasks = 2);
    bench.submit_all(1..=5);
    assert_eq!(bench.give(), [(1, 1), (2, 2), (1, 3), (2, 4)]);
    bench.delivered(2, 2);
    bench.delivered(2, 4);
    bench.submit_all([6]);
    assert_eq!(bench.give(), [(2, 5), (2, 6)]);
}

/// Two workers that have been seen to take this long for a task.
fn measured(microseconds: u64, change: impl FnOnce(&mut Settings)) -> Bench {
    let mut bench = Bench::new(|settings| {
        settings.prefetch = Prefetch::Auto;
        change(settings);
    });
    for task in 1001..=1050 {
        bench.submit_all([task]);
        let [(worker, task)] = bench.give()[..] else { panic!("one at a time") };
        bench.now += Duration::from_micros(microseconds);
        bench.delivered(worker, task);
    }
    bench
}

#[test]
fn tiny_tasks_go_to_one_that_is_awake_and_has_a_cpu_of_its_own() {
    let mut bench = measured(4, |_| ());
    bench.submit_all([1]);
    assert_eq!(bench.give(), [(1, 1)]);
    bench.submit_all([2, 3]);
    assert_eq!(bench.give(), [(1, 2), (1, 3)], "another would have to be woken");
    bench.dispatcher.set_elsewhere(2, true);
    bench.submit_all([4, 5]);
    assert_eq!(bench.give(), [(2, 4), (2, 5)], "it keeps nobody from the CPU that tasks are handed out on");
    bench.submit_all(10..=90);
    let mut given = bench.give();
    assert_eq!(given.iter().filter(|(worker, _)| *worker == 2).count(), 62, "no more than may wait at one");
    given.retain(|(worker, _)| *worker == 1);
    assert_eq!(given.len(), 19);
}

#[test]
fn what_takes_next_to_nothing_waits_for_the_one_that_is_awake() {
    let mut bench = measured(1, |_| ());
    bench.dispatcher.set_elsewhere(2, true);
    bench.submit_all(1..=100);
    let given = bench.give();
    assert!(given.len() == 64 && given.iter().all(|(worker, _)| *worker == 2), "{given:?}");
    bench.delivered(2, 1);
    assert_eq!(bench.give(), [(2, 65)]);
    bench.now = bench.dispatcher.next_deadline().expect("it is to be thought of again");
    assert!(bench.give().iter().all(|(worker, _)| *worker == 1), "the other one has come to something that takes longer");
}

#[test]
fn tiny_tasks_do_not_wait_for_one_that_has_come_to_something_else() {
    let mut bench = measured(2, |_| ());
    bench.submit_all([1]);
    assert_eq!(bench.give(), [(1, 1)]);
    bench.pass(1);
    bench.submit_all([2]);
    assert_eq!(bench.give(), [(2, 2)]);
}

#[test]
fn where_nothing_is_prefetched_tiny_tasks_wait_for_the_one_that_is_awake_and_not_for_long() {
    let mut bench = measured(2, |settings| settings.prefetch = Prefetch::Tasks(0));
    bench.dispatcher.set_elsewhere(1, true);
    bench.submit_all(1..=3);
    assert_eq!(bench.give(), [(1, 1)]);
    let due = bench.dispatcher.next_deadline().expect("it is to be thought of again");
    assert!(due > bench.now && due < bench.now + ms(1));
    bench.delivered(1, 1);
    assert_eq!(bench.give(), [(1, 2)]);
    bench.now = bench.dispatcher.next_deadline().unwrap();
    assert_eq!(bench.give(), [(2, 3)], "the other one has come to something that takes longer");
    assert_eq!(bench.dispatcher.next_deadline(), None);
}

#[test]
fn tasks_that_are_not_tiny_and_those_that_are_to_be_spread_go_to_who_is_free() {
    type Change = fn(&mut Settings);
    let cases: [(u64, Change); 3] =
        [(20, |_| ()), (2, |settings| settings.balancing = Balancing::RoundRobin), (2, |settings| settings.concurrent_tasks = 2)];
    for (microseconds, change) in cases {
        let mut bench = measured(microseconds, change);
        bench.submit_all([1, 2]);
        let mut workers: Vec<_> = bench.give().into_iter().map(|(worker, _)| worker).collect();
        workers.sort_unstable();
        assert_eq!(workers, [1, 2]);
    }
}

#[test]
fn in_turn() {
    let mut bench = Bench::new(|settings| settings.balancing = Balancing::RoundRobin);
    for (task, worker) in [(1, 1), (2, 2), (3, 1), (4, 2)] {
        bench.submit_all([task]);
        assert_eq!(bench.give(), [(worker, task)]);
        bench.delivered(worker, task);
    }
}

#[test]
fn by_weight() {
    let mut bench = Bench::new(|settings| settings.balancing = Balancing::Weighted);
    bench.dispatcher.worker_up(3, 2.0, false, bench.now);
    let mut given = [0; 4];
    for task in 1..=400 {
        bench.submit_all([task]);
        let (worker, _) = bench.give()[0];
        given[worker as usize] += 1;
        bench.delivered(worker, task);
    }
    assert_eq!(given, [0, 100, 100, 200]);
}

#[test]
fn by_the_utilization_of_their_event_loops() {
    let mut bench = Bench::new(|settings| settings.balancing = Balancing::LeastElu);
    bench.dispatcher.set_elu(1, 0.5);
    bench.dispatcher.set_elu(2, 0.2);
    bench.submit_all([1, 2]);
    assert_eq!(bench.give(), [(2, 1), (1, 2)]);
}

#[test]
fn a_key_stays_with_its_worker_while_that_is_there() {
    let mut bench = Bench::new(|settings| settings.balancing = Balancing::Affinity);
    let keys: Vec<Arc<str>> = ["a", "b"].map(Arc::from).into();
    for (id, key) in [(1, 0), (2, 0), (3, 1), (4, 0), (5, 1)] {
        bench.submit(id, |task| task.key = Some(keys[key].clone()));
    }
    assert_eq!(bench.give(), [(1, 1), (2, 3)]);
    bench.delivered(2, 3);
    // The other one's wait for it, although this one is free after it.
    assert_eq!(bench.give(), [(2, 5)]);
    bench.delivered(2, 5);
    bench.submit(6, |_| ());
    assert_eq!(bench.give(), [(2, 6)]);
    bench.delivered(1, 1);
    assert_eq!(bench.give(), [(1, 2)]);
    assert_eq!(bench.gone(1, 1, What::Exit(Some(1))), []);
    bench.delivered(2, 6);
    // What it had not begun, and what was bound to it, goes elsewhere from now on, in order.
    bench.up(3);
    assert_eq!(bench.give(), [(3, 2)]);
    bench.delivered(3, 2);
    bench.submit(7, |task| task.key = Some(keys[0].clone()));
    bench.submit(8, |task| task.key = Some(keys[0].clone()));
    assert_eq!(bench.give(), [(3, 4)]);
    bench.dispatcher.set_open(3, false);
    assert_eq!(bench.give(), [(2, 7)]);
}

#[test]
fn keys_are_spread_over_workers_that_have_nothing_to_do() {
    let mut bench = Bench::new(|settings| settings.balancing = Balancing::Affinity);
    let keys: Vec<Arc<str>> = ["a", "b", "c"].map(Arc::from).into();
    for (task, (key, worker)) in (1..).zip([(0, 1), (1, 2), (2, 1), (0, 1), (1, 2), (2, 1)]) {
        bench.submit(task, |task| task.key = Some(keys[key].clone()));
        assert_eq!(bench.give(), [(worker, task)]);
        bench.delivered(worker, task);
    }
}

#[test]
fn one_that_comes_later_gets_some_keys_and_not_all() {
    let mut bench = Bench::new(|settings| settings.balancing = Balancing::Affinity);
    let mut task = 0;
    let mut bind = |bench: &mut Bench, count: u32| {
        let mut given = [0; 4];
        for _ in 0..count {
            task += 1;
            bench.submit(task, |given| given.key = Some(task.to_string().into()));
            let [(worker, _)] = bench.give()[..] else { panic!("it is free") };
            bench.delivered(worker, task);
            given[worker as usize] += 1;
        }
        given
    };
    assert_eq!(bind(&mut bench, 2000), [0, 1000, 1000, 0]);
    bench.up(3);
    assert_eq!(bind(&mut bench, 64), [0, 0, 0, 64]);
    assert_eq!(bind(&mut bench, 300), [0, 100, 100, 100]);
}

#[test]
fn an_isolated_task_has_a_worker_of_its_own() {
    let mut bench = Bench::new(|_| ());
    bench.submit_all([1]);
    bench.submit(2, |task| task.isolate = true);
    bench.submit(3, |task| task.isolate = true);
    bench.submit_all([4]);
    assert_eq!(bench.give(), [(1, 1), (2, 2)]);
    bench.delivered(1, 1);
    bench.delivered(2, 2);
    assert_eq!(bench.dispatcher.load(bench.now).spent, 1);
    assert_eq!(bench.give(), [(1, 4)]);
    assert!(bench.dispatcher.worker_load(2).unwrap().spent);
    assert_eq!((bench.dispatcher.load(bench.now).queued, bench.dispatcher.load(bench.now).queued_isolated), (1, 1));
    bench.gone(2, 1, What::Exit(Some(0)));
    bench.up(3);
    bench.submit_all([5]);
    assert_eq!(bench.give(), [(3, 3)]);
}

#[test]
fn a_quota_is_exact_whatever_is_prefetched() {
    let mut bench = Bench::new(|settings| settings.prefetch = Prefetch::Tasks(10));
    bench.dispatcher.set_quota(1, 3);
    bench.dispatcher.set_open(2, false);
    bench.submit_all(1..=6);
    assert_eq!(bench.give(), [(1, 1), (1, 2), (1, 3)]);
    (1..=3).for_each(|task| bench.delivered(1, task));
    assert_eq!(bench.give(), []);
    assert!(bench.dispatcher.worker_load(1).unwrap().spent);
}

#[test]
fn what_is_for_one_worker_goes_nowhere_else() {
    let mut bench = Bench::new(|settings| settings.balancing = Balancing::Affinity);
    bench.submit_all([1, 2, 3]);
    bench.submit(11, |task| task.for_worker = Some(1));
    bench.submit(12, |task| task.for_worker = Some(2));
    bench.submit(13, |task| task.for_worker = Some(2));
    bench.submit(19, |task| task.for_worker = Some(9));
    assert_eq!(bench.give(), [(1, 11), (2, 12)]);
    // It is not there: said at once, and once.
    assert!(bench.dispatcher.next_deadline().is_some_and(|at| at <= bench.now));
    assert!(matches!(bench.expire()[..], [Expired::Ended(Ended { task: 19, what: What::Exit(None), worker: 9, .. })]));
    assert_eq!(bench.dispatcher.next_deadline(), None);
    // One that gets nothing new gets that.
    bench.dispatcher.set_open(2, false);
    bench.delivered(2, 12);
    assert_eq!(bench.dispatcher.worker_load(2).unwrap().window, 1);
    assert_eq!(bench.give(), [(2, 13)]);
    bench.submit(14, |task| task.for_worker = Some(2));
    assert_eq!(bench.gone(2, 1, What::Oom), [(14, What::Oom), (13, What::Oom)]);
    assert_eq!(bench.dispatcher.pending(), 4);
}

#[test]
fn what_is_more_important_goes_first_and_what_has_waited_for_long_is_not_forgotten() {
    let mut bench = Bench::new(|_| ());
    bench.dispatcher.set_open(2, false);
    bench.submit_all([1, 2]);
    assert_eq!(bench.give(), [(1, 1)]);
    // More of it than can be done, for ever: 2 goes before what comes later than a minute after it.
    let mut order = vec![];
    let mut running = 1;
    for task in 3..=80 {
        bench.submit(task, |task| task.priority = 1);
        bench.pass(1000);
        bench.delivered(1, running);
        let given = bench.give();
        assert_eq!(given.len(), 1);
        running = given[0].1;
        order.push(running);
    }
    assert_eq!(order.iter().position(|task| *task == 2), Some(61));
    assert!(order.iter().filter(|task| **task != 2).is_sorted());
}
