use super::support::{of, pool, worker, ECHO};

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
