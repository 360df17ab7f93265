//! What the tests of trees share: trees that grow, and say who they are.

use super::support::{await_readable, sh};
use crate::command::{Command, Kinship, Stdio};
use crate::process::{Child, Spawned, Tree};
use std::os::fd::OwnedFd;

pub fn tree(script: &str, kinship: Kinship) -> Command {
    Command { tree: Some(kinship), stdio: vec![Stdio::Ignore, Stdio::Pipe, Stdio::Ignore], ..sh(script) }
}

/// A child and the pipe that it says things into.
pub struct Grown {
    pub child: Child,
    pub tree: Tree,
    pipe: OwnedFd,
}

impl Grown {
    pub fn new(command: Command) -> Self {
        let Spawned { child, mut pipes } = Child::spawn(command).unwrap();
        let tree = child.tree().unwrap();
        Grown { child, tree, pipe: pipes.remove(0) }
    }

    /// The numbers on the next lines that begin with `pid`.
    pub fn pids(&self, count: usize) -> Vec<i32> {
        let pid = |_| loop {
            if let Some(pid) = self.line().strip_prefix("pid ") {
                break pid.parse().unwrap();
            }
        };
        (0..count).map(pid).collect()
    }

    /// Byte by byte: what comes behind it is for the next one.
    pub fn line(&self) -> String {
        let mut line = Vec::new();
        loop {
            let mut byte = [0];
            await_readable(&self.pipe);
            assert_eq!(rustix::io::read(&self.pipe, &mut byte[..]), Ok(1), "it said nothing more than {line:?}");
            match byte {
                [b'\n'] => return String::from_utf8(line).unwrap(),
                [byte] => line.push(byte),
            }
        }
    }

    /// As many members as will say who they are.
    #[cfg(target_os = "linux")]
    pub fn members(&self, count: usize) -> Vec<super::watched::Watched> {
        self.pids(count).into_iter().map(super::watched::Watched::new).collect()
    }
}
