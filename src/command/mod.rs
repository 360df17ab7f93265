//! WHAT to start. Data and validation; nothing here makes a system call.

mod c_strings;
mod limits;

pub use c_strings::CStrings;
pub use limits::{Limits, Resource, ResourceLimit, UNLIMITED};
use std::ffi::CString;
use std::os::fd::RawFd;

/// What the child gets as one of its file descriptors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stdio {
    /// `/dev/null` for 0, 1 and 2; nothing for higher numbers.
    Ignore,
    /// One end of a new socket pair, as Node does: a child may shut down or poll it like any socket.
    Pipe,
    /// A duplicate of this descriptor of the parent.
    Inherit(RawFd),
}

/// What becomes of a child's tree when this process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kinship {
    /// It ends as well.
    Dependent,
    /// It may go on.
    Independent,
}

/// A program to start and everything it starts with.
#[derive(Debug)]
pub struct Command {
    /// A path when it contains `/`, otherwise a name looked up in `PATH` of [`Command::env`].
    pub file: CString,
    /// Never empty: `argv[0]` comes first.
    pub argv: CStrings,
    /// `None`: the environment of this process.
    pub env: Option<CStrings>,
    /// `None`: the working directory of this process.
    pub cwd: Option<CString>,
    /// Entry `i` becomes descriptor `i`. At least three entries.
    pub stdio: Vec<Stdio>,
    /// The child leads a session of its own (`setsid`).
    pub detached: bool,
    /// The child leads a process group of its own (`setpgid`).
    pub group: bool,
    /// With `detached`: descriptor 0 becomes the session's controlling terminal.
    pub terminal: bool,
    /// The child and what it starts can be found later. `None`: they are on their own.
    pub tree: Option<Kinship>,
    pub uid: Option<u32>,
    pub gid: Option<u32>,
    pub limits: Limits,
}

impl Command {
    /// A command with the defaults of a shell: this environment, this directory, three inherited descriptors.
    pub fn new(file: CString, argv: CStrings) -> Self {
        Command {
            file,
            argv,
            env: None,
            cwd: None,
            stdio: (0..3).map(Stdio::Inherit).collect(),
            detached: false,
            group: false,
            terminal: false,
            tree: None,
            uid: None,
            gid: None,
            limits: Limits::default(),
        }
    }

    /// Whether the child runs with other credentials than this process.
    pub fn changes_credentials(&self) -> bool {
        self.uid.is_some() || self.gid.is_some()
    }
}
