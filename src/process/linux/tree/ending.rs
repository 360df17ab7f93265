//! Signalling a tree.

use super::kernel::{self, Deadline, Pids, ETIMEDOUT, SIGCONT, SIGKILL, SIGSTOP};
use super::member::{Left, Member, Report};
use super::search::Search;
use super::watch::Ends;

/// So long a tree may take to end once it has been told to by SIGKILL: what is still there then waits for hardware.
const KILLING: u64 = 2000;
/// So long a tree is asked to stand still before it is killed all the same.
const STOPPING: u64 = 300;
/// Between two looks at a tree that is on its way to standing still: the kernel does not tell of that.
const PAUSE: u64 = 1;

/// Each member that is there, once, but for the process `except`.
pub fn signal_each(search: &mut Search, signal: i32, except: i32, report: &mut impl Report) -> Result<(), i32> {
    let mut seen = Pids::new()?;
    search.each(|member| {
        // Keepers look after themselves: they end with what they keep.
        if member.pid != except && !member.mark.is_keeper() && seen.insert(member.pid) {
            tell(&member, signal, report);
        }
        true
    })
}

fn tell(member: &Member, signal: i32, report: &mut impl Report) {
    match kernel::signal(&member.process, signal) {
        Ok(()) => {
            report.signalled();
            if asks_to_end(signal) {
                // One that is stopped could not act on it. That this could not be sent was said of the first.
                let _gone = kernel::signal(&member.process, SIGCONT);
            }
        }
        Err(kernel::ESRCH) => {}
        Err(errno) => report.left(member.left_with(errno)),
    }
}

/// SIGHUP, SIGINT, SIGQUIT, SIGTERM.
fn asks_to_end(signal: i32) -> bool {
    matches!(signal, 1 | 2 | 3 | 15)
}

/// Until all stand still. What does not is told of.
pub fn stop_all(search: &mut Search, report: &mut impl Report) -> Result<(), i32> {
    let mut told = Pids::new()?;
    stop(search, Deadline::after(KILLING), &mut told, report)
}

fn stop(search: &mut Search, deadline: Deadline, told: &mut Pids, report: &mut impl Report) -> Result<(), i32> {
    loop {
        let mut moving = false;
        let over = deadline.is_over();
        let mut late = Pids::new()?;
        search.each(|member| {
            if member.mark.is_keeper() {
                return true;
            }
            let new = told.insert(member.pid);
            if !new && member.stands_still(true) {
                return true;
            }
            // Again and again: somebody may have continued it.
            match kernel::signal(&member.process, SIGSTOP) {
                Ok(()) => {
                    moving = true;
                    if new {
                        report.signalled();
                    }
                    if over && late.insert(member.pid) {
                        report.left(member.left_with(ETIMEDOUT));
                    }
                }
                Err(kernel::ESRCH) => {}
                Err(errno) if new => report.left(member.left_with(errno)),
                Err(_) => {}
            }
            true
        })?;
        if !moving || over {
            return Ok(());
        }
        kernel::pause(PAUSE);
    }
}

/// Until none is left. All are stopped first: a place that one leaves would be filled by another that is still forking.
pub fn kill_all(search: &mut Search, report: &mut impl Report) -> Result<(), i32> {
    // Counted at the first signal that they get: those in a group that is orphaned by the end of others end by the kernel's SIGHUP.
    let mut told = Pids::new()?;
    stop(search, Deadline::after(STOPPING), &mut told, &mut Counting(report))?;
    let deadline = Deadline::after(KILLING);
    let mut refused = Pids::new()?;
    loop {
        let over = deadline.is_over();
        let mut ends = Ends::new();
        let found = search.each(|member| {
            let new = told.insert(member.pid);
            match kernel::signal(&member.process, SIGKILL) {
                Ok(()) => {
                    if new && !member.mark.is_keeper() {
                        report.signalled();
                    }
                    if over && refused.insert(member.pid) {
                        report.left(member.left_with(ETIMEDOUT));
                    }
                    ends.add(member);
                }
                Err(errno) if errno != kernel::ESRCH && refused.insert(member.pid) => report.left(member.left_with(errno)),
                Err(_) => {}
            }
            true
        });
        if ends.is_empty() || over {
            return found;
        }
        // Where the search ran out of descriptors, the end of these makes room.
        ends.wait(None, Some(deadline));
    }
}

/// Who is refused a signal on the way to another one is refused that as well, and told of then.
struct Counting<'a, R>(&'a mut R);

impl<R: Report> Report for Counting<'_, R> {
    fn signalled(&mut self) {
        self.0.signalled();
    }

    fn left(&mut self, _left: Left) {}
}
