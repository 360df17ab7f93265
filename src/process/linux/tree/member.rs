use super::family::Family;
use super::kernel::{self, Descriptor, Polled};
use super::listing::{self, Path};
use super::mark::Mark;

/// A process of a tree, held so that no other can be mistaken for it.
pub struct Member {
    pub pid: i32,
    pub mark: Mark,
    pub process: Descriptor,
}

/// A member that is still there, or may not be signalled.
#[derive(Clone, Copy)]
pub struct Left {
    pub pid: i32,
    pub command: [u8; 16],
    pub errno: i32,
}

/// What became of a tree.
pub trait Report {
    /// A process got the signal.
    fn signalled(&mut self);
    fn left(&mut self, left: Left);
}

impl Member {
    /// `None` when this process is no member, is gone, or is a zombie.
    pub fn find(pid: i32, family: &Family) -> Result<Option<Member>, i32> {
        let belongs = |pid| Mark::of(pid).ok().filter(|mark| family.has(*mark));
        if belongs(pid).is_none() {
            return Ok(None);
        }
        // Held first, then looked at again: had the number changed hands in between, this would hold a dead process.
        let process = match kernel::open_process(pid) {
            Err(kernel::ESRCH) => return Ok(None),
            result => result?,
        };
        let Some(mark) = belongs(pid) else { return Ok(None) };
        let member = Member { pid, mark, process };
        Ok((!member.has_ended()).then_some(member))
    }

    /// Also a zombie has. Not what /proc calls one: there a process whose first thread has ended is a zombie while others run.
    pub fn has_ended(&self) -> bool {
        let mut polled = [Polled::readable(self.process.raw())];
        kernel::poll(&mut polled, Some(0));
        polled[0].is_ready()
    }

    pub fn left_with(&self, errno: i32) -> Left {
        let mut command = [0; 16];
        // Gone meanwhile: then without a name.
        let _gone = listing::contents(&Path::of(self.pid, b"/comm"), &mut command);
        for byte in &mut command {
            if *byte == b'\n' {
                *byte = 0;
            }
        }
        Left { pid: self.pid, command, errno }
    }

    /// Whether none of its threads can do anything: all are stopped, or in an uninterruptible wait, where `waiting` says that this
    /// counts. It does once SIGSTOP is under way: they do not come out of it any more, and what waits for a vforked child that is stopped
    /// itself would wait for ever.
    pub fn stands_still(&self, waiting: bool) -> bool {
        let mut still = true;
        let listed = listing::each_thread(self.pid, |tid| {
            still = match state_of(self.pid, tid) {
                Some(b'D') => waiting,
                // Stopped, stopped by a debugger, ended.
                Some(b'T' | b't' | b'Z' | b'X') | None => true,
                Some(_) => false,
            };
            still
        });
        listed.is_err() || still
    }
}

fn state_of(pid: i32, tid: i32) -> Option<u8> {
    let mut buffer = [0; 128];
    let stat = listing::contents(&Path::of_thread(pid, tid), &mut buffer).ok()?;
    // "pid (name) state": the name may hold anything, also ")", but no more than 15 bytes of it.
    let end = stat.iter().take(40).rposition(|byte| *byte == b')')?;
    stat.get(end + 2).copied()
}
