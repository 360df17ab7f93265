use super::support::{await_readable, end_of, sh, spawn};
use crate::process::{End, ExitStatus, Poller};
use std::collections::HashMap;

#[test]
fn two_hundred_children_at_once_are_each_seen_once() {
    let poller = Poller::new().unwrap();
    let mut running = HashMap::new();
    for code in 0..200 {
        let child = spawn(sh(&format!("exit {code}")));
        poller.add(&child, code).unwrap();
        running.insert(code, child);
    }
    while !running.is_empty() {
        await_readable(&poller);
        for code in poller.ready() {
            let child = running.get_mut(&code).expect("an exit was seen twice");
            if let Some(end) = child.try_wait().unwrap() {
                assert_eq!(end, End::Exited(ExitStatus::Code(code as i32)));
                poller.remove(&*child).unwrap();
                running.remove(&code);
            }
        }
    }
}

#[test]
fn children_are_started_and_reaped_from_many_threads() {
    let start = |thread: u64| {
        std::thread::spawn(move || {
            for code in 0..20 {
                let code = (thread * 20 + code) as i32;
                assert_eq!(end_of(spawn(sh(&format!("exit {code}")))), End::Exited(ExitStatus::Code(code)));
            }
        })
    };
    let threads: Vec<_> = (0..8).map(start).collect();
    for thread in threads {
        thread.join().unwrap();
    }
}
