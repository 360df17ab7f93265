use super::support::{of, pool, worker, ECHO};

/// The first task makes a worker do this. The others are answered all the same.
fn is_cut_off(deed: &str, code: &str) {
    let mut pool = pool(&worker(&format!("[ $id = 1 ] && {{ {deed}; sleep 1000; }}; {ECHO}")), of(1));
    pool.submit("Q1:1\nQ2:2\nQ3:3\n");
    pool.until(|pool| pool.answers.len() == 2 && pool.ended.len() == 1);
    let end = &pool.ended[0];
    assert_eq!((&end[0], &end[1], &end[4]), (&1.into(), &"signal".into(), &libc::SIGKILL.into()), "{deed}");
    let fault = pool.note("fault").unwrap()[2].as_str().unwrap();
    assert!(fault.starts_with(code), "{deed}: {fault}");
    pool.destroy();
}

#[test]
fn what_is_no_frame() {
    is_cut_off("say '%%%'", "ERR_PROCS_IPC_GARBAGE ");
}

#[test]
fn an_answer_to_what_was_not_asked() {
    is_cut_off("say 'R77:1'", "ERR_PROCS_IPC_PROTOCOL ");
}

#[test]
fn an_answer_to_a_task_of_anothers() {
    is_cut_off("say 'R2:1'", "ERR_PROCS_IPC_PROTOCOL ");
}

#[test]
fn an_answer_to_what_the_engine_has_not_asked() {
    is_cut_off("say 'R1073741829:1'", "ERR_PROCS_IPC_PROTOCOL ");
}

#[test]
fn one_that_has_closed_its_channel_is_ended() {
    let mut pool = pool(&worker(&format!("[ $id = 1 ] && {{ exec 3<&-; sleep 1000; }}; {ECHO}")), of(1));
    pool.submit("Q1:1\nQ2:2\n");
    pool.until(|pool| pool.answers.len() == 1 && pool.ended.len() == 1);
    assert_eq!((&pool.ended[0][0], &pool.ended[0][1]), (&1.into(), &"signal".into()));
    pool.destroy();
}

#[test]
fn requests_of_a_worker_are_answered_with_an_error() {
    let script = worker("say 'Q9:1'; read -r answer <&3; echo \"$answer\"; say \"R$id:1\"");
    let mut pool = pool(&script, of(1));
    pool.submit("Q1:1\n");
    pool.until(|pool| pool.answers.len() == 1);
    assert!(pool.printed().contains("ERR_PROCS_IPC_NO_HANDLER"));
    pool.destroy();
}
