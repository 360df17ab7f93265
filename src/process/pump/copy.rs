//! Through memory of ours: where the kernel cannot move bytes between two descriptors itself.

use super::outlet::{Outlets, Stopped};
use rustix::event::PollFlags;
use rustix::io::{read, Errno};
use std::os::fd::{AsFd, OwnedFd};

const CHUNK: usize = 64 * 1024;

pub fn copy(from: &OwnedFd, outlets: &mut Outlets<'_>) -> Result<(), Stopped> {
    let mut chunk = Vec::with_capacity(CHUNK);
    while !outlets.open.is_empty() {
        outlets.wait(from.as_fd(), PollFlags::IN)?;
        chunk.clear();
        match read(from, rustix::buffer::spare_capacity(&mut chunk)) {
            Ok(0) | Err(Errno::CONNRESET) => break,
            Ok(_) => outlets.write(&chunk)?,
            Err(Errno::AGAIN | Errno::INTR) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
    Ok(())
}
