//! What JavaScript hands in.

use super::Engine;
use crate::pool::bytes::{Frame, Sharing};
use crate::pool::dispatch::{Abort, What};
use crate::pool::task::{NameId, Task, TaskId, WorkerId};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Numbers of one task's options, see `TaskOption` in js/native.d.ts.
pub const OPTIONS: usize = 8;

const ISOLATED: u32 = 1;
const FOR_WORKER: u32 = 2;

/// Tasks as they cross the border.
pub struct Submission<'a> {
    /// [`OPTIONS`] a task; empty: defaults for all.
    pub options: &'a [f64],
    pub keys: &'a [Arc<str>],
}

impl Submission<'_> {
    /// What may become of the bytes of the first task.
    pub fn sharing(&self) -> Sharing {
        let given = |place: usize| self.options.get(place).map_or(0, |number| *number as u32);
        if given(5) & ISOLATED != 0 {
            Sharing::Never
        } else if given(4) > 0 {
            Sharing::Copied
        } else {
            Sharing::Given
        }
    }

    /// Of the task at this index.
    pub fn describe(&self, task: &mut Task, index: usize, now: Instant) {
        let Some(given) = self.options.get(index * OPTIONS..(index + 1) * OPTIONS) else { return };
        let later = |ms: f64| (ms >= 0.0).then(|| now.checked_add(duration(ms))).flatten();
        if given[0].is_finite() {
            task.priority = given[0] as i32;
        }
        task.timeout = (given[1] > 0.0).then(|| duration(given[1]));
        task.start_by = later(given[2]);
        task.end_by = later(given[3]);
        // NaN is 0.
        task.retries = given[4] as u32;
        let flags = given[5] as u32;
        task.isolate = flags & ISOLATED != 0;
        let key = given[6] as usize;
        if flags & FOR_WORKER != 0 {
            task.for_worker = Some(key as WorkerId);
        } else if let Some(key) = key.checked_sub(1).and_then(|at| self.keys.get(at)) {
            task.key = Some(key.clone());
        }
    }
}

/// Milliseconds; what is longer than a thousand years is that.
fn duration(ms: f64) -> Duration {
    Duration::from_secs_f64(ms.clamp(0.0, 3e13) / 1000.0)
}

impl Engine {
    /// `Q` lines, one a task. How many of them, from the first on, were accepted.
    pub fn submit(&mut self, lines: &[u8], submission: &Submission<'_>, now: Instant) -> u32 {
        let mut accepted = 0;
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', lines) {
            let line = &lines[start..=end];
            start = end + 1;
            let Some((id, name)) = read_head(line) else { break };
            if !self.submit_frame(Frame::line(line), id, name, submission, accepted as usize, now) {
                break;
            }
            accepted += 1;
        }
        self.advance(now);
        accepted
    }

    /// False: there is no room.
    pub fn submit_frame(&mut self, frame: Frame, id: TaskId, name: &[u8], submission: &Submission<'_>, index: usize, now: Instant) -> bool {
        let name = self.dispatcher.name(name);
        self.submit_named(frame, id, name, submission, index, now)
    }

    pub(super) fn submit_named(
        &mut self,
        frame: Frame,
        id: TaskId,
        name: NameId,
        submission: &Submission<'_>,
        index: usize,
        now: Instant,
    ) -> bool {
        if self.is_closing {
            return false;
        }
        let mut task = Task::new(id, frame, now);
        task.name = name;
        submission.describe(&mut task, index, now);
        let is_accepted = self.dispatcher.submit(task, now).is_ok();
        let counter = if is_accepted { &mut self.metrics.accepted } else { &mut self.metrics.refused };
        *counter += 1;
        is_accepted
    }

    /// Nobody wants it any more. `reason`: JSON for the worker.
    pub fn abort(&mut self, task: TaskId, what: What, reason: Option<&str>, now: Instant) {
        match self.dispatcher.abort(task, what, now) {
            Abort::Ended(ended) => self.end_task(&ended, None),
            Abort::Tell(worker, ended) => {
                self.end_task(&ended, None);
                self.give_up(worker, task, reason);
            }
            Abort::Unknown => {}
        }
        self.flush();
        self.advance(now);
    }

    /// The worker that has it is told.
    pub(super) fn give_up(&mut self, id: WorkerId, task: TaskId, reason: Option<&str>) {
        let Some(at) = self.position(id) else { return };
        let worker = &mut self.workers[at];
        if worker.out.is_empty() {
            self.touched.push(id);
        }
        let reason = reason.unwrap_or(r#"{"name":"AbortError","message":"The task was given up","code":"ABORT_ERR"}"#);
        worker.out.extend_from_slice(format!("C{task}:{reason}\n").as_bytes());
    }

    /// JavaScript has given back some of what a worker has sent: it is told, if it is there.
    pub fn tell_returns(&mut self, worker: WorkerId) {
        let Some(at) = self.position(worker) else { return };
        if let Some(line) = &mut self.workers[at].line {
            line.wire.give_back();
            line.settle(&self.poll);
        }
    }

    /// A message for all workers that are up. To how many it went: those that do not read what they have got before get no more.
    pub fn broadcast(&mut self, frame: &Frame) -> u32 {
        let mut told = 0;
        for worker in self.workers.iter_mut().filter(|worker| worker.is_up()) {
            if !worker.reads(&self.poll) {
                continue;
            }
            told += u32::from(worker.write(frame, &self.poll).is_ok());
        }
        told
    }
}

/// Id and name of `Q12~@1=name…`.
fn read_head(line: &[u8]) -> Option<(TaskId, &[u8])> {
    let rest = line.strip_prefix(b"Q")?;
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let id = rest[..digits].iter().fold(0u32, |id, digit| id.wrapping_mul(10).wrapping_add(u32::from(digit - b'0')));
    let is_mark = |byte: &u8| *byte == b'~' || *byte == b'@' || byte.is_ascii_digit();
    let marks = rest[digits..].iter().take_while(|byte| is_mark(byte)).count();
    let rest = &rest[digits + marks..];
    let name = rest.strip_prefix(b"=").map_or(&[][..], |name| {
        let end = name.iter().position(|byte| matches!(byte, b':' | b'+')).unwrap_or(name.len());
        &name[..end]
    });
    (digits > 0 && id > 0).then_some((id, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_which_task_it_is() {
        assert_eq!(read_head(b"Q7:1\n"), Some((7, &b""[..])));
        assert_eq!(read_head(b"Q1073741823=add:{\"a=b\":1}\n"), Some((1_073_741_823, &b"add"[..])));
        assert_eq!(read_head(b"Q12~@2=a.b+5b:[]\n"), Some((12, &b"a.b"[..])));
        assert_eq!(read_head(b"Q12~:\"=x\"\n"), Some((12, &b""[..])));
        assert_eq!(read_head(b"M:1\n"), None);
        assert_eq!(read_head(b"Q:1\n"), None);
    }

    #[test]
    fn options_are_numbers_of_which_any_may_be_missing() {
        let now = Instant::now();
        let keys = [Arc::from("a"), Arc::from("b")];
        let mut options = [f64::NAN; 16];
        options[..8].copy_from_slice(&[5.0, 100.0, 20.0, f64::NAN, 2.0, 1.0, 2.0, 0.0]);
        let submission = Submission { options: &options, keys: &keys };
        let mut task = Task::new(1, Frame::line(*b"Q1:\n"), now);
        submission.describe(&mut task, 0, now);
        assert_eq!((task.priority, task.timeout, task.retries, task.isolate), (5, Some(Duration::from_millis(100)), 2, true));
        assert_eq!((task.start_by, task.end_by), (Some(now + Duration::from_millis(20)), None));
        assert_eq!(task.key.as_deref(), Some("b"));
        let mut plain = Task::new(2, Frame::line(*b"Q2:\n"), now);
        submission.describe(&mut plain, 1, now);
        assert_eq!((plain.priority, plain.timeout, plain.start_by, plain.key.as_deref(), plain.for_worker), (0, None, None, None, None));
        options[8 + 5] = 2.0;
        options[8 + 6] = 9.0;
        Submission { options: &options, keys: &keys }.describe(&mut plain, 1, now);
        assert_eq!(plain.for_worker, Some(9));
    }
}
