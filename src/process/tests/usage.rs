use super::support::{alone, await_readable, sh, spawn};
use crate::process::usage::own_peak;
use crate::process::Usage;
use std::hint::black_box;
use std::time::Duration;

fn used(script: &str) -> Usage {
    let mut child = spawn(sh(script));
    loop {
        await_readable(&child);
        if child.try_wait().unwrap().is_some() {
            return child.usage();
        }
    }
}

#[test]
fn what_a_child_and_those_it_waited_for_used_is_known_at_its_end() {
    let busy = used("i=0; while [ $i -lt 30000 ]; do i=$((i+1)); done");
    assert!(busy.user_cpu + busy.system_cpu > Duration::ZERO && busy.minor_page_faults > 0);
}

#[test]
fn memory_is_the_childs_own_or_not_known() {
    alone("usage::memory_is_the_childs_own_or_not_known", || {
        let megabytes = |count: u64| format!("head -c {count}000000 /dev/zero | tail -c {count}000000 > /dev/null");
        // This process has its parent's peak in its own from before exec, and other tests need much.
        let more = own_peak() / 1_000_000 + 60;
        let large = used(&megabytes(more)).max_rss;
        assert!((more * 1_000_000..more * 2_000_000 + 100_000_000).contains(&large), "{large}");
        // The kernel counts in what this process has when the program begins: nothing can be said of a smaller child.
        black_box(vec![1u8; 100_000_000]);
        assert_eq!(used("exit 0").max_rss, 0);
    });
}
