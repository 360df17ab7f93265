//! Trees without a mark: what is in the process group that the child leads, and what descends from it. Whoever has left the group and
//! whose parent has ended is missed.

use super::{Left, Report, Tree, Until};
use crate::process::platform::{processes, HeldProcess, Process, WakeUp};
use rustix::event::{poll, PollFd, PollFlags, Timespec};
use rustix::io::{Errno, Result};
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// As in the search by mark.
const KILLING: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(1);

/// The child of a tree, and when it was started: its number alone may be another's by now.
#[derive(Clone, Copy)]
struct Root {
    pid: i32,
    started: u64,
}

static ROOTS: Mutex<Option<HashMap<Tree, Root>>> = Mutex::new(None);
/// More than that many are not remembered: the oldest have ended long ago.
const REMEMBER: usize = 10_000;

pub fn remember(tree: Tree, pid: i32) {
    let Some(process) = Process::of(pid) else { return };
    let mut roots = ROOTS.lock().unwrap_or_else(PoisonError::into_inner);
    let roots = roots.get_or_insert_default();
    if roots.len() >= REMEMBER {
        let oldest = roots.keys().copied().min_by_key(|tree| tree.count());
        oldest.and_then(|tree| roots.remove(&tree));
    }
    roots.insert(tree, Root { pid, started: process.started });
}

fn root_of(tree: Tree) -> Option<Root> {
    ROOTS.lock().unwrap_or_else(PoisonError::into_inner).as_ref()?.get(&tree).copied()
}

/// The members there are, each held.
fn members(tree: Tree) -> Result<Vec<(Process, HeldProcess)>> {
    let Some(root) = root_of(tree) else { return Ok(Vec::new()) };
    let processes = processes()?;
    let now = processes.iter().find(|process| process.pid == root.pid);
    // Where the number is another's now, so is the group.
    let recycled = now.is_some_and(|process| process.started != root.started);
    let own_group = if recycled { -1 } else { root.pid };
    let mut family: HashSet<i32> = now.filter(|_| !recycled).map(|process| process.pid).into_iter().collect();
    loop {
        let before = family.len();
        let belongs = |process: &&Process| process.group == own_group || family.contains(&process.parent);
        let found: Vec<i32> = processes.iter().filter(belongs).map(|process| process.pid).collect();
        family.extend(found);
        if family.len() == before {
            break;
        }
    }
    let own_pid = std::process::id() as i32;
    let alive = processes.into_iter().filter(|process| family.contains(&process.pid) && process.pid != own_pid && !process.is_zombie);
    let mut members = Vec::new();
    for process in alive {
        match HeldProcess::new(&process) {
            Ok(held) => members.push((process, held)),
            Err(Errno::SRCH) => {}
            Err(errno) => return Err(errno),
        }
    }
    Ok(members)
}

pub fn signal(tree: Tree, signal: i32, until: Until, report: &mut Report) -> Result<()> {
    match until {
        Until::Sent { except } => {
            for (process, held) in members(tree)?.into_iter().filter(|(process, _)| process.pid != except) {
                send(&process, &held, signal, report);
                if matches!(signal, libc::SIGHUP | libc::SIGINT | libc::SIGQUIT | libc::SIGTERM) {
                    // One that is stopped could not act on it. What may not be signalled is in the report.
                    let _gone = held.signal(libc::SIGCONT);
                }
            }
            Ok(())
        }
        Until::Still => stop(tree, report).map(drop),
        Until::Gone => kill(tree, report),
    }
}

fn send(process: &Process, held: &HeldProcess, signal: i32, report: &mut Report) {
    match held.signal(signal) {
        Ok(()) => report.signalled += 1,
        Err(Errno::SRCH) => {}
        Err(errno) => report.left.push(left(process, errno)),
    }
}

fn left(process: &Process, errno: Errno) -> Left {
    Left { pid: process.pid, command: process.command.clone(), errno }
}

/// Stops all, until there is none that was not told to yet.
fn stop(tree: Tree, report: &mut Report) -> Result<Vec<(Process, HeldProcess)>> {
    let deadline = Instant::now() + KILLING;
    let mut told = HashSet::new();
    loop {
        let members = members(tree)?;
        let new: Vec<_> = members.iter().filter(|(process, _)| told.insert((process.pid, process.started))).collect();
        for (process, held) in &new {
            send(process, held, libc::SIGSTOP, report);
        }
        if new.is_empty() && members.iter().all(|(process, _)| process.is_stopped) || Instant::now() >= deadline {
            return Ok(members);
        }
        drop(new);
        // On its way to standing still: the kernel does not tell of that.
        std::thread::sleep(PAUSE);
    }
}

/// All are found before the first is killed: what it leaves behind has no ancestor any more.
fn kill(tree: Tree, report: &mut Report) -> Result<()> {
    let deadline = Instant::now() + KILLING;
    let mut refused = HashSet::new();
    loop {
        let mut unseen = Report::new(report.mechanism);
        let members = stop(tree, &mut unseen)?;
        let (mut told, now) = (Vec::new(), Instant::now());
        for (process, held) in members {
            match held.signal(libc::SIGKILL) {
                Ok(()) if now >= deadline => report.left.push(left(&process, Errno::TIMEDOUT)),
                Ok(()) => told.push(held),
                Err(Errno::SRCH) => {}
                Err(errno) if refused.insert(process.pid) => report.left.push(left(&process, errno)),
                Err(_) => {}
            }
        }
        report.signalled += told.len() as u32;
        if told.is_empty() {
            return Ok(());
        }
        wait_for(&told, None, Some(deadline))?;
    }
}

pub fn wait(tree: Tree, cancel: Option<&WakeUp>, timeout: Option<Duration>) -> Result<bool> {
    let deadline = timeout.map(|timeout| Instant::now() + timeout);
    loop {
        let held: Vec<HeldProcess> = members(tree)?.into_iter().map(|(_, held)| held).collect();
        if held.is_empty() {
            return Ok(true);
        }
        if !wait_for(&held, cancel, deadline)? {
            return Ok(false);
        }
    }
}

/// False: cancelled, or the time is over.
fn wait_for(processes: &[HeldProcess], cancel: Option<&WakeUp>, deadline: Option<Instant>) -> Result<bool> {
    for process in processes {
        loop {
            let mut fds = vec![PollFd::new(process, PollFlags::IN)];
            fds.extend(cancel.map(|cancel| PollFd::new(cancel, PollFlags::IN)));
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            let left = left.map(|left| Timespec { tv_sec: left.as_secs() as i64, tv_nsec: left.subsec_nanos().into() });
            match poll(&mut fds, left.as_ref()) {
                Err(Errno::INTR) => continue,
                Ok(0) => return Ok(false),
                result => drop(result?),
            }
            if fds.get(1).is_some_and(|cancel| !cancel.revents().is_empty()) {
                return Ok(false);
            }
            break;
        }
    }
    Ok(true)
}
