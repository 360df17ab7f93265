//! As [`run_sync`](super::run_sync), for callers who want more of it: output per descriptor and in order, an end that reaches the whole
//! tree and is in earnest after a while, and no waiting for pipes that a grandchild holds open.

use super::child::{Child, End, Spawned};
use super::collect::{Arrival, Bytes, Ending, Part, Reader, Seen};
use super::poll::ready;
use super::reach::Reach;
use super::run_sync::RunError;
use super::{socket, ExitStatus, Usage};
use crate::command::{Command, Stdio};
use rustix::event::{PollFd, PollFlags};
use rustix::io::Errno;
use rustix::net::{send, shutdown, Shutdown};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

/// Of a run that was ended early and would otherwise wait for its pipes for ever.
const ENDED_DRAIN: Duration = Duration::from_millis(100);

/// What bounds a run.
#[derive(Clone, Debug)]
pub struct Bounds {
    pub timeout: Option<Duration>,
    /// Bytes kept at most, per descriptor.
    pub limits: Vec<usize>,
    /// Sent when one of the above is reached.
    pub kill_signal: i32,
    /// From there to SIGKILL; `None`: never.
    pub force_kill_after: Option<Duration>,
    /// Without a byte after the exit, until open pipes are given up; `None`: never.
    pub drain: Option<Duration>,
}

#[derive(Debug)]
pub struct WholeRun {
    pub pid: i32,
    pub status: ExitStatus,
    /// Per descriptor: what was collected, or `None` where nothing is.
    pub output: Vec<Option<Bytes>>,
    /// In which order. `stream` is the descriptor.
    pub order: Vec<Part>,
    pub timed_out: bool,
    /// SIGKILL had to be sent.
    pub forced: bool,
    /// The descriptor that went over its limit.
    pub overflow: Option<usize>,
    /// Descriptors whose pipes were still open when they were given up.
    pub held_open: Vec<usize>,
    pub tree: Option<String>,
    pub usage: Usage,
}

/// Runs `command` to its end, feeding `input` to descriptor 0 and collecting every other [`Stdio::Pipe`].
pub fn run_whole(command: Command, input: &[u8], bounds: &Bounds) -> Result<WholeRun, RunError> {
    let (stdio, leads_group) = (command.stdio.clone(), command.group || command.detached);
    let timeout = bounds.timeout.map(|timeout| Instant::now() + timeout);
    let Spawned { child, pipes } = Child::spawn(command)?;
    let reach = Reach::of(&child, leads_group);
    let mut run = Run::new(child, bounds, input, reach, timeout);
    let piped = stdio.iter().enumerate().filter(|(_, stdio)| **stdio == Stdio::Pipe).map(|(fd, _)| fd);
    for (fd, pipe) in piped.zip(pipes) {
        run.add(fd, pipe).map_err(RunError::Lost)?;
    }
    run.feed();
    run.until_done(stdio.len())
}

/// Where an end that was begun early has got to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    Not,
    /// Asked to; SIGKILL follows then, if ever.
    Asked(Option<Instant>),
    Forced,
}

/// What a polled descriptor is.
#[derive(Clone, Copy)]
enum Watched {
    Child,
    Stdin,
    Output(usize),
}

struct Run<'a> {
    child: Child,
    bounds: &'a Bounds,
    reach: Reach,
    stdin: Option<OwnedFd>,
    input: &'a [u8],
    outputs: Vec<(usize, Reader)>,
    arrival: Arrival,
    timeout: Option<Instant>,
    /// When the last byte came, or the child ended.
    last: Instant,
    exit: Option<End>,
    ended: Ended,
    timed_out: bool,
    overflow: Option<usize>,
    /// Nobody waits for pipes any more.
    given_up: bool,
}

impl<'a> Run<'a> {
    fn new(child: Child, bounds: &'a Bounds, input: &'a [u8], reach: Reach, timeout: Option<Instant>) -> Self {
        Run {
            child,
            bounds,
            reach,
            stdin: None,
            input,
            outputs: Vec::new(),
            arrival: Arrival::default(),
            timeout,
            last: Instant::now(),
            exit: None,
            ended: Ended::Not,
            timed_out: false,
            overflow: None,
            given_up: false,
        }
    }

    fn add(&mut self, fd: usize, pipe: OwnedFd) -> rustix::io::Result<()> {
        if fd == 0 {
            self.stdin = Some(pipe);
            return Ok(());
        }
        let mut reader = Reader::new(pipe, self.bounds.limits.get(fd).copied().unwrap_or(usize::MAX), false)?;
        reader.note_arrival(self.arrival.clone(), fd as u32);
        self.outputs.push((fd, reader));
        Ok(())
    }

    fn until_done(mut self, fds: usize) -> Result<WholeRun, RunError> {
        while self.exit.is_none() || (self.is_open() && !self.given_up) {
            let ready = self.wait().map_err(RunError::Lost)?;
            if ready.is_empty() {
                self.look_at_the_clock();
            }
            for watched in ready {
                match watched {
                    Watched::Child => self.look_at_the_child().map_err(RunError::Lost)?,
                    Watched::Stdin => self.feed(),
                    Watched::Output(index) => self.read(index)?,
                }
            }
        }
        self.result(fds)
    }

    fn is_open(&self) -> bool {
        self.outputs.iter().any(|(_, reader)| reader.ending().is_none())
    }

    fn wait(&self) -> rustix::io::Result<Vec<Watched>> {
        let (mut watched, mut fds) = (Vec::new(), Vec::new());
        if self.exit.is_none() {
            watched.push(Watched::Child);
            fds.push(PollFd::new(&self.child, PollFlags::IN));
        }
        if let Some(stdin) = &self.stdin {
            watched.push(Watched::Stdin);
            fds.push(PollFd::new(stdin, PollFlags::OUT));
        }
        for (index, (_, reader)) in self.outputs.iter().enumerate() {
            if let (Some(fd), None) = (reader.fd(), reader.ending()) {
                watched.push(Watched::Output(index));
                fds.push(PollFd::new(fd, PollFlags::IN));
            }
        }
        ready(watched, &mut fds, self.next_deadline())
    }

    fn next_deadline(&self) -> Option<Instant> {
        [self.timeout, self.force_at(), self.drained_at()].into_iter().flatten().min()
    }

    fn force_at(&self) -> Option<Instant> {
        match self.ended {
            // Once the child is gone, what is left of its tree is ended after its output was read.
            Ended::Asked(at) if self.exit.is_none() => at,
            _ => None,
        }
    }

    fn drained_at(&self) -> Option<Instant> {
        let drain = self.bounds.drain.or((self.ended != Ended::Not).then_some(ENDED_DRAIN));
        self.exit.and(drain).and_then(|drain| self.last.checked_add(drain))
    }

    fn look_at_the_clock(&mut self) {
        let now = Instant::now();
        let is_due = |at: Option<Instant>| at.is_some_and(|at| at <= now);
        if is_due(self.timeout) {
            self.timed_out = true;
            self.end();
        }
        if is_due(self.force_at()) {
            self.force();
        }
        if is_due(self.drained_at()) {
            self.given_up = true;
        }
    }

    fn look_at_the_child(&mut self) -> rustix::io::Result<()> {
        self.exit = self.child.try_wait()?;
        if self.exit.is_some() {
            self.stdin = None;
            self.last = Instant::now();
        }
        Ok(())
    }

    fn feed(&mut self) {
        let Some(stdin) = &self.stdin else { return };
        if !self.input.is_empty() {
            match send(stdin, self.input, socket::SEND).map_err(|errno| socket::send_error(errno, false)) {
                Ok(sent) => self.input = &self.input[sent..],
                Err(Errno::AGAIN | Errno::INTR) => return,
                // A child that does not read all of its input is none of our business.
                Err(_) => self.input = &[],
            }
        }
        if self.input.is_empty() {
            // Closing does it too, but not while another child between clone and exec still holds this end.
            let _already_gone = shutdown(stdin, Shutdown::Write);
            self.stdin = None;
        }
    }

    fn read(&mut self, index: usize) -> Result<(), RunError> {
        let (fd, reader) = &mut self.outputs[index];
        match reader.read() {
            Seen::Some(_) => self.last = Instant::now(),
            Seen::NothingNow => {}
            Seen::Over(Ending::AtEnd) => drop(reader.take_fd()),
            Seen::Over(Ending::OverLimit) => {
                // The pipe stays open until the child is gone, or SIGPIPE would come before the signal.
                self.overflow.get_or_insert(*fd);
                self.end();
            }
            Seen::Over(Ending::Failed(errno)) => return Err(RunError::Lost(errno)),
        }
        Ok(())
    }

    /// Ends it early: the child and its tree get the signal, and SIGKILL after a while.
    fn end(&mut self) {
        self.timeout = None;
        if self.exit.is_some() {
            // Only pipes were waited for, or the rest of a tree.
            self.given_up = true;
        }
        if self.ended != Ended::Not {
            return;
        }
        self.ended = Ended::Asked(self.bounds.force_kill_after.and_then(|after| Instant::now().checked_add(after)));
        self.signal(self.bounds.kill_signal);
    }

    fn force(&mut self) {
        self.ended = Ended::Forced;
        self.signal(libc::SIGKILL);
    }

    fn signal(&mut self, signal: i32) {
        let child = self.exit.is_none().then_some(&mut self.child);
        self.reach.signal(child, signal);
    }

    fn result(mut self, fds: usize) -> Result<WholeRun, RunError> {
        let status = match self.exit {
            Some(End::Exited(status)) => status,
            Some(End::NotStarted(error)) => return Err(error.into()),
            None => return Err(RunError::Lost(Errno::CHILD)),
        };
        let held_open = self.outputs.iter().filter(|(_, reader)| reader.ending().is_none()).map(|(fd, _)| *fd).collect();
        let tree = match self.ended {
            Ended::Not => None,
            Ended::Asked(at) => self.reach.finish(at.map(|at| at.saturating_duration_since(Instant::now()))),
            Ended::Forced => self.reach.finish(Some(Duration::ZERO)),
        };
        let mut output: Vec<Option<Bytes>> = (0..fds).map(|_| None).collect();
        for (fd, reader) in &mut self.outputs {
            let mut bytes = reader.take_bytes(false);
            bytes.shrink();
            output[*fd] = Some(bytes);
        }
        Ok(WholeRun {
            pid: self.child.pid(),
            status,
            output,
            order: self.arrival.parts(),
            timed_out: self.timed_out,
            forced: self.ended == Ended::Forced,
            overflow: self.overflow,
            held_open,
            tree,
            usage: self.child.usage(),
        })
    }
}
