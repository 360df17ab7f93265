use super::support::{of, pool_of_ours};
use crate::pool::Settings;

#[test]
fn a_worker_that_is_about_to_end_loses_what_it_has_not_begun_while_it_is_still_there() {
    // Whichever comes first has said nothing of that task in its page, and goes on.
    let answer = r#"if mkdir /tmp/procs-lifeline-$PPID; then exec 5>&-; else rmdir /tmp/procs-lifeline-$PPID; say "R$id:$PROCS_POOL_WORKER_ID"; fi 2>&-"#;
    let mut pool = pool_of_ours(answer, Settings { spare_workers: 1, ..of(1) });
    pool.until(|pool| pool.notes.iter().filter(|note| note[0] == "up").count() == 2);
    pool.submit("Q1:1\n");
    pool.until(|pool| !pool.answers.is_empty());
    // It is not waited for in vain.
    pool.until(|pool| pool.note("gone").is_some());
    let gone = pool.note("gone").cloned().unwrap_or_default();
    assert_eq!(gone[4], 9, "{gone}");
    let other = 3 - gone[1].as_u64().unwrap_or_default();
    assert_eq!(pool.answers, [(1, b'R', other.to_string())]);
    assert!(pool.ended.is_empty());
    pool.destroy();
}
