//! Starting a program and blocking until it is done: the one place where the calling thread waits.

use super::child::{Child, End, Spawned};
use super::poll::ready;
use super::{socket, ExitStatus, SpawnError};
use crate::command::{Command, Stdio};
use rustix::event::{PollFd, PollFlags};
use rustix::io::Errno;
use rustix::net::{recv, send, shutdown, RecvFlags, Shutdown};
use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};

/// As libuv reads: what one read takes may overshoot `max_buffer` by that much.
const CHUNK: usize = 64 * 1024;

pub struct Limits {
    pub timeout: Option<Duration>,
    /// Bytes of all collected output together.
    pub max_buffer: Option<usize>,
    /// Sent when one of the above is reached.
    pub kill_signal: i32,
}

pub struct SyncResult {
    pub pid: i32,
    pub status: ExitStatus,
    /// Per descriptor: what was collected, or `None` where nothing is.
    pub output: Vec<Option<Vec<u8>>>,
    /// ETIMEDOUT, ENOBUFS, or what went wrong with a pipe.
    pub error: Option<Errno>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
    #[error(transparent)]
    NotStarted(#[from] SpawnError),
    #[error("waiting for the child failed: {0}")]
    Lost(Errno),
}

/// Runs `command` to its end, feeding `input` to descriptor 0 and collecting every other [`Stdio::Pipe`].
pub fn run_sync(command: Command, input: &[u8], limits: &Limits) -> Result<SyncResult, RunError> {
    let piped: Vec<bool> = command.stdio.iter().map(|stdio| *stdio == Stdio::Pipe).collect();
    let deadline = limits.timeout.map(|timeout| Instant::now() + timeout);
    let Spawned { child, pipes } = Child::spawn(command)?;
    let mut pipes = pipes.into_iter();
    let mut run = Run {
        child,
        stdin: None,
        input,
        outputs: Vec::with_capacity(piped.len()),
        collected: 0,
        limits,
        error: None,
        pipe_error: None,
        end: None,
    };
    for (fd, is_pipe) in piped.iter().enumerate() {
        let pipe = if *is_pipe { pipes.next() } else { None };
        if fd == 0 {
            run.stdin = pipe;
            run.outputs.push(None);
        } else {
            run.outputs.push(pipe.map(|pipe| Output { pipe: Some(pipe), bytes: Vec::new() }));
        }
    }
    if run.input.is_empty() {
        run.close_stdin();
    }
    run.until_done(deadline)
}

struct Output {
    pipe: Option<OwnedFd>,
    bytes: Vec<u8>,
}

struct Run<'a> {
    child: Child,
    stdin: Option<OwnedFd>,
    input: &'a [u8],
    outputs: Vec<Option<Output>>,
    collected: usize,
    limits: &'a Limits,
    error: Option<Errno>,
    /// Of lesser weight: reported only if nothing else went wrong.
    pipe_error: Option<Errno>,
    end: Option<End>,
}

/// What a polled descriptor is.
#[derive(Clone, Copy)]
enum Watched {
    Child,
    Stdin,
    Output(usize),
}

impl Run<'_> {
    fn until_done(mut self, deadline: Option<Instant>) -> Result<SyncResult, RunError> {
        let mut deadline = deadline;
        while self.end.is_none() || self.is_open() {
            if deadline.is_some_and(|at| at <= Instant::now()) {
                deadline = None;
                self.stop(Errno::TIMEDOUT);
                continue;
            }
            for watched in self.wait(deadline).map_err(RunError::Lost)? {
                match watched {
                    Watched::Child => self.end = self.child.try_wait().map_err(RunError::Lost)?,
                    Watched::Stdin => self.write_input(),
                    Watched::Output(fd) => self.read_output(fd),
                }
            }
        }
        match self.end {
            Some(End::Exited(status)) => Ok(SyncResult {
                pid: self.child.pid(),
                status,
                output: self.outputs.into_iter().map(|output| output.map(|output| output.bytes)).collect(),
                error: self.error.or(self.pipe_error),
            }),
            Some(End::NotStarted(error)) => Err(error.into()),
            None => Err(RunError::Lost(Errno::CHILD)),
        }
    }

    fn is_open(&self) -> bool {
        self.stdin.is_some() || self.outputs.iter().flatten().any(|output| output.pipe.is_some())
    }

    fn wait(&self, deadline: Option<Instant>) -> rustix::io::Result<Vec<Watched>> {
        let mut watched = Vec::with_capacity(self.outputs.len() + 1);
        let mut fds = Vec::with_capacity(self.outputs.len() + 1);
        if self.end.is_none() {
            watched.push(Watched::Child);
            fds.push(PollFd::new(&self.child, PollFlags::IN));
        }
        if let Some(stdin) = &self.stdin {
            watched.push(Watched::Stdin);
            fds.push(PollFd::new(stdin, PollFlags::OUT));
        }
        for (fd, output) in self.outputs.iter().enumerate() {
            if let Some(pipe) = output.as_ref().and_then(|output| output.pipe.as_ref()) {
                watched.push(Watched::Output(fd));
                fds.push(PollFd::new(pipe, PollFlags::IN));
            }
        }
        ready(watched, &mut fds, deadline)
    }

    fn write_input(&mut self) {
        let Some(stdin) = &self.stdin else { return };
        match send(stdin.as_fd(), self.input, socket::SEND).map_err(|errno| socket::send_error(errno, false)) {
            Ok(sent) => {
                self.input = &self.input[sent..];
                if self.input.is_empty() {
                    self.close_stdin();
                }
            }
            Err(Errno::AGAIN | Errno::INTR) => {}
            Err(errno) => {
                self.pipe_error.get_or_insert(errno);
                self.stdin = None;
            }
        }
    }

    fn close_stdin(&mut self) {
        if let Some(stdin) = self.stdin.take() {
            // Closing does it too, but not while another child between clone and exec still holds this end.
            let _already_gone = shutdown(&stdin, Shutdown::Write);
        }
    }

    fn read_output(&mut self, fd: usize) {
        let Some(output) = self.outputs[fd].as_mut() else { return };
        let Some(pipe) = &output.pipe else { return };
        output.bytes.reserve(CHUNK);
        let spare = rustix::buffer::spare_capacity(&mut output.bytes);
        match recv(pipe.as_fd(), spare, RecvFlags::DONTWAIT) {
            Ok((0, _)) => output.pipe = None,
            Ok((read, _)) => {
                self.collected += read;
                if self.limits.max_buffer.is_some_and(|most| self.collected > most) {
                    self.stop(Errno::NOBUFS);
                }
            }
            Err(Errno::AGAIN | Errno::INTR) => {}
            // The peer closed with bytes of ours unread: for a reader that is the end.
            Err(Errno::CONNRESET) => output.pipe = None,
            Err(errno) => {
                output.pipe = None;
                self.pipe_error.get_or_insert(errno);
            }
        }
    }

    /// Ends the run early: the child gets its signal, the pipes are closed, and only its end is waited for. In this order, or a child
    /// that is writing would get SIGPIPE first.
    fn stop(&mut self, why: Errno) {
        self.error.get_or_insert(why);
        if self.end.is_none() {
            match self.child.signal(self.limits.kill_signal) {
                Ok(()) | Err(Errno::SRCH) => {}
                Err(errno) => {
                    // A signal this system does not know: the caller is told, and the child still ends.
                    self.error = Some(errno);
                    let _gone = self.child.signal(libc::SIGKILL);
                }
            }
        }
        self.stdin = None;
        for output in self.outputs.iter_mut().flatten() {
            output.pipe = None;
        }
    }
}
