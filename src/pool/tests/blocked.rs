use super::support::{of, pool, pool_that_is_read, worker, ECHO};

#[test]
fn tasks_go_on_while_nobody_looks_after_them() {
    let mut pool = pool(&worker(&format!("echo $id; {ECHO}")), of(1));
    pool.submit("Q1:1\nQ2:2\nQ3:3\nQ4:4\n");
    // Each is only written when the one before it is answered.
    for id in 1..=4 {
        assert_eq!(pool.printed(), id.to_string());
    }
    pool.until(|pool| pool.answers.len() == 4);
    // And again, when the thread has gone to sleep.
    std::thread::sleep(std::time::Duration::from_millis(150));
    pool.submit("Q5:5\nQ6:6\n");
    assert_eq!([pool.printed(), pool.printed()], ["5", "6"]);
    pool.until(|pool| pool.answers.len() == 6);
    pool.destroy();
}

#[test]
fn workers_that_die_are_replaced_meanwhile() {
    let mut pool = pool(&worker("echo $id; exit 7"), of(1));
    pool.submit("Q1:1\nQ2:2\nQ3:3\n");
    for id in 1..=3 {
        assert_eq!(pool.printed(), id.to_string());
    }
    pool.until(|pool| pool.ended.len() == 3);
    let ends: Vec<_> = pool.ended.iter().map(|end| (end[0].clone(), end[1].clone(), end[3].clone())).collect();
    assert_eq!(ends, [1, 2, 3].map(|id| (id.into(), "exit".into(), 7.into())));
    pool.destroy();
}

#[test]
fn tasks_go_on_while_something_is_asked_all_the_time() {
    let mut pool = pool(&worker(&format!("echo $id; {ECHO}")), of(1));
    let tasks: String = (1..=50).map(|id| format!("Q{id}:1\n")).collect();
    pool.submit(&tasks);
    for id in 1..=50 {
        assert_eq!(pool.printed_while_asked(), id.to_string());
    }
    pool.until(|pool| pool.answers.len() == 50);
    pool.destroy();
}

#[test]
fn many_workers_that_die_in_the_same_moment_are_replaced_meanwhile() {
    // Each waits until all have begun: the last one tells the others.
    let deed = "echo $id; read -r _ <&3; kill -9 $$";
    let mut pool = pool(&worker(&format!("[ $value = die ] && {{ {deed}; }}; echo $id; {ECHO}")), of(24));
    let tasks: String = (1..=24).map(|id| format!("Q{id}:die\n")).chain((25..=48).map(|id| format!("Q{id}:1\n"))).collect();
    assert_eq!(pool.submit(&tasks), 48);
    let mut begun: Vec<u32> = (1..=24).map(|_| pool.printed().parse().unwrap()).collect();
    begun.sort_unstable();
    assert_eq!(begun, Vec::from_iter(1..=24));
    pool.say_to_all();
    let mut done: Vec<u32> = (25..=48).map(|_| pool.printed().parse().unwrap()).collect();
    done.sort_unstable();
    assert_eq!(done, Vec::from_iter(25..=48));
    pool.until(|pool| pool.answers.len() == 24 && pool.ended.len() == 24);
    assert!(pool.ended.iter().all(|end| end[0].as_u64() <= Some(24) && end[4] == libc::SIGKILL));
    pool.destroy();
}

#[test]
fn pipes_of_workers_that_die_one_after_the_other_do_not_pile_up_meanwhile() {
    const TASKS: usize = 300;
    let mut pool = pool_that_is_read(&worker("exit 7"), of(1));
    let tasks: String = (1..=TASKS).map(|id| format!("Q{id}:1\n")).collect();
    pool.submit(&tasks);
    // None is started any more until somebody has taken the pipes of those that were.
    let started = std::time::Instant::now();
    while pool.pool.with(|engine, now| engine.stats(now)).contains("\"pid\"") {
        assert!(started.elapsed().as_secs() < 30, "there is always another one");
        std::thread::yield_now();
    }
    assert!(pool.ended.is_empty());
    pool.turn();
    assert!((1..=128).contains(&pool.notes.iter().filter(|note| note[0] == "started").count()));
    pool.until(|pool| pool.ended.len() == TASKS);
    pool.destroy();
}
