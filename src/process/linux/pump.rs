//! Moving bytes between descriptors inside the kernel.

use super::pipe::pipe;
use crate::process::pump::{copy, Outlets, Stopped};
use rustix::event::PollFlags;
use rustix::fs::{fstat, FileType};
use rustix::io::{read, Errno};
use rustix::pipe::{fcntl_setpipe_size, splice, tee, SpliceFlags};
use std::os::fd::{AsFd, OwnedFd};

/// What one move takes at most.
const MOST: usize = 1 << 20;
/// Of the pipes in between. Where the user's share of pipe memory is used up, they stay at what they have.
const PIPE_SIZE: usize = 256 * 1024;

const FLAGS: SpliceFlags = SpliceFlags::MOVE.union(SpliceFlags::NONBLOCK);

/// Copies all of `from` to each outlet.
pub fn pump(from: &OwnedFd, outlets: &mut Outlets<'_>) -> Result<(), Stopped> {
    let is_pipe = FileType::from_raw_mode(fstat(from)?.st_mode) == FileType::Fifo;
    if let [outlet] = &outlets.open[..] {
        if is_pipe || outlet.kind == FileType::Fifo {
            return directly(from, outlets);
        }
    }
    staged(from, outlets)
}

/// From one to one, either of which is a pipe.
fn directly(from: &OwnedFd, outlets: &mut Outlets<'_>) -> Result<(), Stopped> {
    while let Some(outlet) = outlets.open.first() {
        match splice(from, None, &outlet.fd, None, MOST, FLAGS) {
            Ok(0) | Err(Errno::CONNRESET) => break,
            Ok(_) | Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => {
                // It does not say which of them is not ready.
                outlets.wait(from.as_fd(), PollFlags::IN)?;
                outlets.wait(outlet.fd.as_fd(), PollFlags::OUT)?;
            }
            // A terminal, a file that is appended to.
            Err(Errno::INVAL) => return copy(from, outlets),
            Err(errno) => outlets.drop_out(0, errno),
        }
    }
    Ok(())
}

/// A pipe of ours, which bytes are in for one round only.
struct Stage {
    reader: OwnedFd,
    writer: OwnedFd,
}

impl Stage {
    fn new() -> rustix::io::Result<Self> {
        let (reader, writer) = pipe()?;
        let _smaller = fcntl_setpipe_size(&writer, PIPE_SIZE);
        Ok(Stage { reader, writer })
    }
}

/// In rounds: into a pipe of ours, from there without a copy into one for each outlet but the last, and out.
fn staged(from: &OwnedFd, outlets: &mut Outlets<'_>) -> Result<(), Stopped> {
    let first = Stage::new()?;
    let mut others = Vec::new();
    while !outlets.open.is_empty() {
        while others.len() + 1 < outlets.open.len() {
            others.push(Stage::new()?);
        }
        let length = match splice(from, None, &first.writer, None, MOST, FLAGS) {
            Ok(0) | Err(Errno::CONNRESET) => break,
            Ok(length) => length,
            Err(Errno::INTR) => continue,
            Err(Errno::AGAIN) => {
                outlets.wait(from.as_fd(), PollFlags::IN)?;
                continue;
            }
            Err(Errno::INVAL) => return copy(from, outlets),
            Err(errno) => return Err(errno.into()),
        };
        hand_out(&first, &mut others, outlets, length)?;
    }
    Ok(())
}

/// `length` bytes that are in `first`, to every outlet. All stages are empty afterwards.
fn hand_out(first: &Stage, others: &mut Vec<Stage>, outlets: &mut Outlets<'_>, length: usize) -> Result<(), Stopped> {
    let copies = outlets.open.len() - 1;
    for stage in &others[..copies] {
        if tee(&first.reader, &stage.writer, length, SpliceFlags::NONBLOCK)? < length {
            // It came out smaller than the first.
            others.clear();
            let bytes = take(&first.reader, length)?;
            return outlets.write(&bytes);
        }
    }
    let mut index = 0;
    for stage in others[..copies].iter().chain([first]) {
        index = deliver(&stage.reader, outlets, index, length)?;
    }
    Ok(())
}

/// Empties a stage into an outlet. Returns the index of the next one, which is the same if this one dropped out.
fn deliver(stage: &OwnedFd, outlets: &mut Outlets<'_>, index: usize, mut length: usize) -> Result<usize, Stopped> {
    while length > 0 {
        let outlet = &outlets.open[index];
        let errno = match splice(stage, None, &outlet.fd, None, length, FLAGS) {
            Ok(moved) => {
                length -= moved;
                continue;
            }
            Err(Errno::INTR) => continue,
            Err(Errno::AGAIN) => {
                outlets.wait(outlet.fd.as_fd(), PollFlags::OUT)?;
                continue;
            }
            Err(errno) => errno,
        };
        let rest = take(stage, length)?;
        // A terminal, a file that is appended to.
        let result = if errno == Errno::INVAL { outlets.write_to(index, &rest)? } else { Err(errno) };
        return Ok(match result {
            Ok(()) => index + 1,
            Err(errno) => {
                outlets.drop_out(index, errno);
                index
            }
        });
    }
    Ok(index + 1)
}

/// What a stage holds, which is so much.
fn take(stage: &OwnedFd, length: usize) -> rustix::io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(length);
    while bytes.len() < length {
        match read(stage, rustix::buffer::spare_capacity(&mut bytes)) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(errno) => return Err(errno),
        }
    }
    Ok(bytes)
}
