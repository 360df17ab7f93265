//! A pool as JavaScript's thread has it, without JavaScript.

use crate::command::{Limits, Stdio};
use crate::pool::bytes::{Frame, Memory};
use crate::pool::{Out, Plan, Pool, Program, Settings, Submission, SETUP};
use rustix::event::{poll, PollFd, PollFlags, Timespec};
use serde_json::Value;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::os::fd::{AsFd, AsRawFd};
use std::time::Instant;

/// Longer than anything here takes on a busy machine: reached only by what hangs.
const AT_MOST: Timespec = Timespec { tv_sec: 30, tv_nsec: 0 };

/// Says hello, and answers each task with what `answer` makes of `$id` and `$value`.
pub fn worker(answer: &str) -> String {
    format!(
        r#"say() {{ printf '%s\n' "$1" >&3; }}
say 'H:{{"protocol":"procs","version":1}}'
while read -r line <&3; do
  case $line in
    Q*) id=${{line%%:*}} id=${{id#Q}} id=${{id%%=*}} value=${{line#*:}}; {answer};;
    X*) exit 0;;
  esac
done"#
    )
}

pub const ECHO: &str = r#"say "R$id:$value""#;

pub struct TestPool {
    pub pool: Pool,
    /// What workers print.
    printed: BufReader<File>,
    /// And what workers say of their tasks before.
    pub answers: Vec<(u32, u8, String)>,
    /// So many have come.
    pub messages: usize,
    pub ended: Vec<Value>,
    pub notes: Vec<Value>,
    pub is_over: bool,
}

/// Of workers that run this script.
pub fn pool(script: &str, settings: Settings) -> TestPool {
    pool_with(script, Settings { foreign: true, ..settings }, None)
}

/// Of workers that know what a pool is, page and lifeline included, or say so.
pub fn pool_of_ours(answer: &str, settings: Settings) -> TestPool {
    let script = worker(&format!("[ $id = {SETUP} ] && say R$id: && continue; {answer}"));
    let script = script.replace(r#""version":1"#, r#""version":1,"capabilities":["pool"]"#);
    let setup = format!("Q{SETUP}=procs.setup:{{}}\n");
    pool_with(&script, settings, Some(Frame::line(setup.into_bytes())))
}

/// What its workers print is JavaScript's to read.
pub fn pool_that_is_read(script: &str, settings: Settings) -> TestPool {
    pool_of(script, Settings { foreign: true, ..settings }, None, true)
}

fn pool_with(script: &str, settings: Settings, setup: Option<Frame>) -> TestPool {
    pool_of(script, settings, setup, false)
}

fn pool_of(script: &str, settings: Settings, setup: Option<Frame>, is_read: bool) -> TestPool {
    let (printed, output) = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC).unwrap();
    let program = Program {
        file: c"/bin/sh".into(),
        args: [&b"sh\0-c\0"[..], script.as_bytes()].concat(),
        env: b"PATH=/usr/bin:/bin".to_vec(),
        cwd: None,
        stdio: if is_read {
            [Stdio::Ignore, Stdio::Pipe, Stdio::Pipe]
        } else {
            [Stdio::Ignore, Stdio::Inherit(output.as_raw_fd()), Stdio::Inherit(2)]
        },
        uid: None,
        gid: None,
        group: true,
        detached: false,
        limits: Limits::default(),
    };
    let hello = r#"{"protocol":"procs","version":1,"capabilities":["ring"]}"#.to_owned();
    let plan = Plan { settings, program, hello, max_frame: 1 << 20, max_slab: 1 << 20, setup, memory: Memory::new(1 << 20) };
    let pool = Pool::new(plan, 1).unwrap();
    pool.with(|engine, now| engine.advance(now));
    // Workers that are started later print there as well.
    std::mem::forget(output);
    let printed = BufReader::new(File::from(printed));
    TestPool { pool, printed, answers: Vec::new(), messages: 0, ended: Vec::new(), notes: Vec::new(), is_over: false }
}

pub fn of(workers: usize) -> Settings {
    Settings { min_workers: workers, max_workers: workers, ..Settings::default() }
}

impl TestPool {
    pub fn submit(&self, lines: &str) -> u32 {
        let submission = Submission { options: &[], keys: &[] };
        self.pool.with(|engine, now| engine.submit(lines.as_bytes(), &submission, now))
    }

    /// Workers that wait for a line get one.
    pub fn say_to_all(&self) {
        self.pool.with(|engine, _| engine.broadcast(&Frame::line(*b"M:1\n")));
    }

    /// A line of a worker's. Nobody looks after the pool meanwhile.
    pub fn printed(&mut self) -> String {
        let mut line = String::new();
        let mut fds = [PollFd::new(self.printed.get_ref(), PollFlags::IN)];
        if self.printed.buffer().is_empty() {
            assert_eq!(poll(&mut fds, Some(&AT_MOST)), Ok(1), "nothing was printed");
        }
        self.printed.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    /// Likewise, but something is asked of it all the time.
    pub fn printed_while_asked(&mut self) -> String {
        let started = Instant::now();
        while self.printed.buffer().is_empty() {
            assert!(started.elapsed().as_secs() < 30, "nothing was printed");
            self.pool.with(|engine, now| engine.advance(now));
            let mut fds = [PollFd::new(self.printed.get_ref(), PollFlags::IN)];
            if poll(&mut fds, Some(&Timespec { tv_sec: 0, tv_nsec: 0 })).unwrap() > 0 {
                break;
            }
        }
        self.printed()
    }

    /// Turns, until it is as it should be.
    pub fn until(&mut self, is_so: impl Fn(&TestPool) -> bool) {
        let started = Instant::now();
        while !is_so(self) {
            assert!(
                started.elapsed().as_secs() < 30,
                "{:?} and {} messages {:?} {:?}",
                self.answers,
                self.messages,
                self.ended,
                self.notes
            );
            let (workers, news) = (self.pool.poll(), self.pool.news());
            let (workers, news) = (workers.as_fd(), news.as_fd());
            let mut fds = [PollFd::from_borrowed_fd(workers, PollFlags::IN), PollFd::from_borrowed_fd(news, PollFlags::IN)];
            poll(&mut fds, Some(&Timespec { tv_sec: 1, tv_nsec: 0 })).unwrap();
            self.turn();
        }
    }

    pub fn turn(&mut self) {
        let started = Instant::now();
        let mut is_first = true;
        loop {
            for out in self.pool.turn(is_first, is_first) {
                self.take(out);
            }
            is_first = false;
            if !self.pool.goes_on(started) {
                break;
            }
        }
    }

    fn take(&mut self, out: Out) {
        let list = |json: String| serde_json::from_str::<Vec<Value>>(&json).unwrap();
        match out {
            Out::Frames(_, mut batch) => {
                let metas = batch.metas_mut().to_vec();
                self.messages += metas.iter().filter(|meta| meta.kind == b'M').count();
                for (index, meta) in metas.iter().enumerate().filter(|(_, meta)| !matches!(meta.kind, 0 | b'M')) {
                    self.answers.push((meta.id, meta.kind, String::from_utf8(batch.json(index).to_vec()).unwrap()));
                }
            }
            Out::WithSegments(..) => {}
            Out::Ended(told) => self.ended.extend(list(told.into_json())),
            Out::Notes(told, _) => self.notes.extend(list(told.into_json())),
            Out::Over => self.is_over = true,
        }
    }

    /// The note of this kind that came first.
    pub fn note(&self, kind: &str) -> Option<&Value> {
        self.notes.iter().find(|note| note[0] == kind)
    }

    pub fn destroy(&mut self) {
        self.pool.with(|engine, now| engine.destroy(std::time::Duration::ZERO, now));
        self.until(|pool| pool.is_over);
    }
}
