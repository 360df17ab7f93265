use super::support::{of, pool, worker, TestPool, ECHO};
use crate::pool::bytes::Frame;

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

#[test]
fn one_that_asks_all_the_time_and_reads_no_answers() {
    is_cut_off("yes 'Q9:1' >&3", "ERR_PROCS_IPC_PROTOCOL ");
}

#[test]
fn an_answer_to_a_setup_that_there_was_none_of() {
    is_cut_off("say 'R1073741824:'", "ERR_PROCS_IPC_PROTOCOL ");
    is_cut_off("yes 'R1073741825:' >&3", "ERR_PROCS_IPC_PROTOCOL ");
}

#[test]
fn one_that_answers_twice_is_believed_once() {
    let mut pool = pool(&worker(&format!("{ECHO}; [ $id = 1 ] && {{ say 'R1:2'; sleep 1000; }}")), of(1));
    pool.submit("Q1:1\n");
    pool.until(|pool| pool.note("gone").is_some());
    assert_eq!(pool.answers, [(1, b'R', "1".into())]);
    assert!(pool.note("fault").is_some());
    pool.destroy();
}

/// Worker 1 has task 1 and does this, when worker 2 has task 2, and answers it a moment later.
fn beside_another(deed: &str) -> TestPool {
    let script = worker(&format!("echo $id; read -r _ <&3; [ $id = 1 ] && {{ {deed}; echo done; read -r _ <&3; }}; {ECHO}"));
    let mut pool = pool(&script, of(2));
    pool.submit("Q1:1\nQ2:2\n");
    let mut begun = [pool.printed(), pool.printed()];
    begun.sort();
    assert_eq!(begun, ["1", "2"]);
    pool
}

#[test]
fn an_answer_to_what_another_worker_has() {
    let mut pool = beside_another("say 'R2:\"false\"'");
    pool.say_to_all();
    pool.until(|pool| pool.answers.len() == 1 && pool.ended.len() == 1);
    assert_eq!((&pool.answers[0], &pool.ended[0][0]), (&(2, b'R', "2".into()), &1.into()));
    pool.destroy();
}

#[test]
fn words_about_the_tasks_of_others_are_not_heard() {
    let mut pool = beside_another("say 'J2:\"false\"'; say 'J1:\"true\"'; say 'J77:\"false\"'");
    pool.say_to_all();
    assert_eq!(pool.printed(), "done");
    pool.say_to_all();
    pool.until(|pool| pool.answers.iter().filter(|answer| answer.1 == b'R').count() == 2);
    let progress: Vec<_> = pool.answers.iter().filter(|answer| answer.1 == b'J').cloned().collect();
    assert_eq!(progress, [(1, b'J', "\"true\"".into())]);
    pool.destroy();
}

#[test]
fn one_that_dies_in_the_middle_of_a_frame() {
    let mut pool = pool(&worker(&format!("[ $id = 1 ] && {{ printf 'R1:\"half' >&3; kill -9 $$; }}; {ECHO}")), of(1));
    pool.submit("Q1:1\nQ2:2\n");
    pool.until(|pool| pool.answers.len() == 1 && pool.ended.len() == 1);
    assert_eq!((&pool.answers[0].0, &pool.ended[0][0], &pool.ended[0][1]), (&2, &1.into(), &"signal".into()));
    pool.destroy();
}

#[test]
fn last_words_are_not_longer_than_can_be_told_with_those_of_others() {
    let long = r#"printf 'X:{"message":"%300000s"}\n' x >&3; exit 1"#;
    let mut pool = pool(&worker(long), of(1));
    pool.submit("Q1:1\n");
    pool.until(|pool| pool.note("gone").is_some());
    assert_eq!(pool.note("gone").unwrap()[7]["code"], "ERR_PROCS_IPC_TOO_LARGE");
    pool.destroy();
}

#[test]
fn what_a_dead_worker_has_left_behind_does_not_hold_up_the_pool_by_writing_on() {
    let leave = "for each in 1 2 3; do { echo $each; exec yes 'M=x:1' >&3; } & done; read -r _ <&3; kill -9 $$";
    let mut pool = pool(&worker(&format!("[ $id = 1 ] && {{ {leave}; }}; {ECHO}")), of(1));
    pool.submit("Q1:1\nQ2:2\n");
    // They are at it.
    (0..3).for_each(|_| drop(pool.printed()));
    pool.say_to_all();
    pool.until(|pool| pool.ended.len() == 1 && pool.answers.len() == 1);
    assert_eq!((&pool.ended[0][0], &pool.ended[0][1], pool.answers[0].0), (&1.into(), &"signal".into(), 2));
    pool.destroy();
}

#[test]
fn one_that_talks_without_an_end_is_not_listened_to_for_longer_than_it_can_be_told_and_others_are() {
    let mut pool = pool(&worker(&format!("echo $id; [ $id = 1 ] && exec yes 'M=x:1' >&3; {ECHO}")), of(2));
    let tasks: String = (1..=100).map(|id| format!("Q{id}:1\n")).collect();
    pool.submit(&tasks);
    // Nobody is there to be told. Whoever gives each of them to the other worker comes by the one that talks as often.
    (1..=100).for_each(|_| drop(pool.printed()));
    // It may be that it has only said who it is by now.
    pool.until(|pool| pool.messages > 0);
    assert!(pool.messages < 200_000, "{}", pool.messages);
    pool.until(|pool| pool.answers.len() == 99);
    // It is listened to again.
    let before = pool.messages;
    pool.until(|pool| pool.messages > before + 200_000);
    pool.destroy();
}

#[test]
fn what_is_said_to_all_does_not_pile_up_for_one_that_does_not_read_it() {
    let mut pool = pool_of_ones_that_sleep();
    let say = |pool: &TestPool, message: &[u8]| pool.pool.with(|engine, _| engine.broadcast(&Frame::line(message)));
    let long = [b"M:\"", &vec![b'x'; 1 << 20][..], b"\"\n"].concat();
    let told = (0..200).take_while(|_| say(&pool, &long) == 1).count();
    assert!((64..=80).contains(&told), "{told}");
    pool.destroy();
    // Short ones take room of their own.
    let mut pool = pool_of_ones_that_sleep();
    let told = (0..1_000_000).take_while(|_| say(&pool, b"M:1\n") == 1).count();
    assert!((1000..=100_000).contains(&told), "{told}");
    pool.destroy();
}

/// It has begun to.
fn pool_of_ones_that_sleep() -> TestPool {
    let mut pool = pool(&worker("echo $id; sleep 1000"), of(1));
    pool.submit("Q1:1\n");
    assert_eq!(pool.printed(), "1");
    pool
}
