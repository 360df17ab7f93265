//! Children whose owner went first.

use super::support::{command, sh, spawn};
use rustix::io::Errno;
use rustix::process::{kill_process, waitid, Pid, Signal, WaitId, WaitIdOptions};
use std::time::{Duration, Instant};

/// Blocks until somebody else has reaped this child of ours. No event tells of that, so the kernel is asked again and again.
fn await_reaped(pid: Pid) {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        match waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG) {
            Err(Errno::CHILD) => return,
            result => drop(result.unwrap()),
        }
        assert!(Instant::now() < deadline, "{pid:?} is still there");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_child_dropped_while_running_is_reaped_when_it_ends() {
    let child = spawn(command("/bin/sleep", &["60"]));
    let pid = Pid::from_raw(child.pid()).unwrap();
    drop(child);
    kill_process(pid, Signal::KILL).unwrap();
    await_reaped(pid);
}

#[test]
fn a_child_dropped_at_its_end_is_reaped_at_once() {
    let child = spawn(sh("exit 0"));
    let pid = Pid::from_raw(child.pid()).unwrap();
    super::support::await_readable(&child);
    drop(child);
    await_reaped(pid);
}

#[test]
fn many_are_reaped_in_any_order_and_again_after_a_pause() {
    for _ in 0..2 {
        let start = |_| {
            let child = spawn(command("/bin/sleep", &["60"]));
            Pid::from_raw(child.pid()).unwrap()
        };
        let pids: Vec<Pid> = (0..20).map(start).collect();
        for pid in pids.iter().rev() {
            kill_process(*pid, Signal::TERM).unwrap();
        }
        pids.into_iter().for_each(await_reaped);
    }
}
