//! Starting a worker: its process, its channel and its page.

use super::page::Page;
use crate::command::{CStrings, Command, Kinship, Limits, Stdio};
use crate::pool::task::WorkerId;
use crate::process::{pipe, Child, SpawnError, Spawned, Step};
use rustix::io::Errno;
use std::ffi::CString;
use std::os::fd::{AsRawFd, OwnedFd};
use std::time::Duration;

/// What a worker has its channel as.
const CHANNEL: usize = 3;
const PAGE: usize = 4;
const LIFELINE: usize = 5;

/// Variables that say what is where. Those of this process, which may be a worker itself, are not for its own workers.
const VARIABLES: [&str; 4] = ["PROCS_CHANNEL_FD", "PROCS_POOL_PAGE_FD", "PROCS_POOL_WORKER_ID", "PROCS_POOL_LIFELINE_FD"];

/// What every worker of a pool is started as.
pub struct Program {
    pub file: CString,
    /// Joined by NUL bytes.
    pub args: Vec<u8>,
    /// Likewise. Not read anew for each worker: this process may change its own meanwhile, on another thread.
    pub env: Vec<u8>,
    pub cwd: Option<CString>,
    /// Of descriptors 0, 1 and 2.
    pub stdio: [Stdio; 3],
    pub uid: Option<u32>,
    pub gid: Option<u32>,
    /// Each leads a process group of its own, so that a terminal's Ctrl+C reaches the parent alone.
    pub group: bool,
    pub detached: bool,
    pub limits: Limits,
}

/// A worker's process, just started.
pub struct Started {
    pub child: Child,
    pub channel: OwnedFd,
    /// Of descriptors 1 and 2.
    pub output: [Option<OwnedFd>; 2],
    /// None where there is no such memory.
    pub page: Option<Page>,
    /// Hangs up when the process is about to end.
    pub lifeline: Option<OwnedFd>,
}

impl Program {
    /// What a worker prints waits for JavaScript to be read.
    pub fn is_read(&self) -> bool {
        self.stdio[1..].contains(&Stdio::Pipe)
    }

    /// `is_ours`: a program that knows what a lifeline is for.
    pub fn start(&self, worker: WorkerId, beat_every: Duration, is_ours: bool) -> Result<Started, SpawnError> {
        // Without a page all that was written counts as begun.
        let (page, page_fd) = Page::create(worker, beat_every).ok().unzip();
        // Nothing is to be taken back of one that has no page. Without descriptors its end is seen somewhat later.
        let wants_lifeline = is_ours && page.is_some();
        let (lifeline, their_end) = wants_lifeline.then(|| pipe().ok()).flatten().unzip();
        let mut stdio: Vec<Stdio> = self.stdio.into();
        debug_assert_eq!(stdio.len(), CHANNEL);
        stdio.push(Stdio::Pipe);
        stdio.extend(page_fd.iter().chain(&their_end).map(|fd: &OwnedFd| Stdio::Inherit(fd.as_raw_fd())));
        let mut command = Command::new(self.file.clone(), CStrings::from_joined(self.args.clone()));
        command.env = Some(CStrings::from_joined(self.environment(worker, page.is_some(), lifeline.is_some())));
        command.cwd = self.cwd.clone();
        command.stdio = stdio;
        command.tree = Some(Kinship::Dependent);
        (command.uid, command.gid) = (self.uid, self.gid);
        (command.group, command.detached) = (self.group, self.detached);
        command.limits = self.limits.clone();
        let Spawned { child, mut pipes } = Child::spawn(command)?;
        // The last of them: in the order of the descriptors.
        let channel = pipes.pop().ok_or(SpawnError { step: Step::Stdio, errno: Errno::BADF })?;
        let mut pipes = pipes.into_iter();
        let [input, out, err] = self.stdio.map(|stdio| if stdio == Stdio::Pipe { pipes.next() } else { None });
        // Nobody writes to it: the worker reads its end.
        drop(input);
        Ok(Started { child, channel, output: [out, err], page, lifeline })
    }

    fn environment(&self, worker: WorkerId, has_page: bool, has_lifeline: bool) -> Vec<u8> {
        let is_ours = |variable: &[u8]| {
            VARIABLES.iter().any(|name| variable.strip_prefix(name.as_bytes()).is_some_and(|rest| rest.first() == Some(&b'=')))
        };
        let mut all: Vec<Vec<u8>> =
            self.env.split(|byte| *byte == 0).filter(|variable| !variable.is_empty() && !is_ours(variable)).map(<[u8]>::to_vec).collect();
        all.push(format!("{}={CHANNEL}", VARIABLES[0]).into());
        if has_page {
            all.push(format!("{}={PAGE}", VARIABLES[1]).into());
        }
        all.push(format!("{}={worker}", VARIABLES[2]).into());
        if has_lifeline {
            all.push(format!("{}={LIFELINE}", VARIABLES[3]).into());
        }
        all.join(&0)
    }
}
