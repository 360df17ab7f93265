use super::support::{of, pool, worker, ECHO};

#[test]
fn each_task_is_answered_by_whoever_is_free() {
    let mut pool = pool(&worker(ECHO), of(2));
    let lines: String = (1..=100).map(|id| format!("Q{id}:{{\"n\":{id}}}\n")).collect();
    assert_eq!(pool.submit(&lines), 100);
    pool.until(|pool| pool.answers.len() == 100);
    let mut answers = std::mem::take(&mut pool.answers);
    answers.sort();
    for (id, answer) in (1..=100).zip(answers) {
        assert_eq!(answer, (id, b'R', format!("{{\"n\":{id}}}")));
    }
    pool.destroy();
    assert_eq!(pool.ended, Vec::<serde_json::Value>::new());
}

#[test]
fn a_closed_pool_is_over_when_its_tasks_are_done_and_takes_no_others() {
    let mut pool = pool(&worker(ECHO), of(1));
    assert_eq!(pool.submit("Q1:1\nQ2:2\n"), 2);
    pool.pool.with(|engine, now| engine.close(false, now));
    assert_eq!(pool.submit("Q3:3\n"), 0);
    pool.until(|pool| pool.is_over);
    assert_eq!(pool.answers.len(), 2);
    let gone = pool.note("gone").unwrap();
    assert_eq!((&gone[3], &gone[6]), (&0.into(), &"shutdown".into()));
}

#[test]
fn what_waits_is_dropped_where_it_is_to_be() {
    let mut pool = pool(&worker(&format!("echo $id; read -r _ <&3; {ECHO}")), of(1));
    assert_eq!(pool.submit("Q1:1\nQ2:2\n"), 2);
    pool.until(|pool| pool.note("up").is_some());
    assert_eq!(pool.printed(), "1");
    pool.pool.with(|engine, now| engine.close(true, now));
    pool.until(|pool| pool.ended.len() == 1);
    assert_eq!((&pool.ended[0][0], &pool.ended[0][1]), (&2.into(), &"aborted".into()));
    pool.destroy();
    assert_eq!((&pool.ended[1][0], &pool.ended[1][1]), (&1.into(), &"shutdown".into()));
}
