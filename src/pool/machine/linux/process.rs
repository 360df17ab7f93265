//! What one process uses, as proc_pid_stat(5) has it.

use crate::pool::machine::Use;
use std::time::Duration;

/// None: it is gone, or may not be looked at. Only of a process that is not reaped: numbers of others change hands.
pub fn sample(pid: i32) -> Option<Use> {
    let text = std::fs::read(format!("/proc/{pid}/stat")).ok()?;
    let text = String::from_utf8_lossy(&text);
    // The name may hold anything, also a ")".
    let (_, rest) = text.rsplit_once(") ")?;
    let fields: Vec<&str> = rest.split(' ').collect();
    let number = |at: usize| fields.get(at)?.trim_end().parse::<u64>().ok();
    let ticks = number(11)? + number(12)?;
    let per_second = rustix::param::clock_ticks_per_second();
    Some(Use {
        rss: number(21)? * rustix::param::page_size() as u64,
        cpu: Duration::from_secs_f64(ticks as f64 / per_second as f64),
        is_runnable: fields.first() == Some(&"R"),
    })
}
