use super::support::{of, pool, worker, ECHO};

#[test]
fn a_worker_that_dies_loses_its_own_task_and_no_other() {
    let mut pool = pool(&worker(&format!("[ $value = 0 ] && kill -SEGV $$; {ECHO}")), of(2));
    pool.submit("Q1:1\nQ2:0\nQ3:3\nQ4:4\nQ5:5\n");
    pool.until(|pool| pool.answers.len() == 4 && pool.ended.len() == 1);
    let end = &pool.ended[0];
    assert_eq!((&end[0], &end[1], &end[4]), (&2.into(), &"signal".into(), &libc::SIGSEGV.into()));
    pool.destroy();
}

#[test]
fn an_answer_that_was_given_before_the_end_counts() {
    let mut pool = pool(&worker(&format!("{ECHO}; exit 1")), of(1));
    pool.submit("Q1:1\n");
    pool.until(|pool| pool.note("gone").is_some());
    assert_eq!((pool.answers.len(), pool.ended.len()), (1, 0));
    pool.destroy();
}

#[test]
fn nothing_is_left_where_it_is_ended_at_once() {
    let mut pool = pool(&worker("sleep 1000 & echo $!; wait"), of(2));
    pool.submit("Q1:1\nQ2:2\n");
    let sleepers = [pool.printed(), pool.printed()];
    pool.destroy();
    for pid in sleepers {
        let status = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        // Nobody may have waited for it by now.
        let state = status.rsplit(") ").next().and_then(|rest| rest.chars().next());
        assert!(matches!(state, None | Some('Z' | 'X')), "{status}");
    }
}

#[test]
fn a_program_that_is_not_there_ends_what_waits() {
    let mut pool = pool("exit 3", of(1));
    pool.submit("Q1:1\n");
    pool.until(|pool| pool.ended.len() == 1);
    let end = &pool.ended[0];
    assert_eq!((&end[0], &end[1], &end[3]), (&1.into(), &"start".into(), &3.into()));
    assert_eq!(pool.note("start-failed").unwrap()[2], serde_json::json!(["exited", 3, 0]));
    pool.destroy();
}
