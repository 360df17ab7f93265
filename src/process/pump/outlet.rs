use crate::process::{socket, WakeUp};
use rustix::event::{poll, PollFd, PollFlags};
use rustix::fs::{fstat, FileType};
use rustix::io::{write, Errno, Result};
use rustix::net::send;
use rustix::pipe::PIPE_BUF;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// Why it is over before its end.
#[derive(Clone, Copy, Debug)]
pub enum Stopped {
    /// Its owner does not want it any more.
    Asked,
    Because(Errno),
}

impl From<Errno> for Stopped {
    fn from(errno: Errno) -> Self {
        Stopped::Because(errno)
    }
}

/// Where bytes go.
pub struct Outlet {
    pub fd: OwnedFd,
    pub kind: FileType,
}

impl Outlet {
    pub fn new(fd: OwnedFd) -> Result<Self> {
        let kind = kind_of(&fd)?;
        if kind == FileType::Socket {
            // Splicing looks at nothing else. No program shares this flag: it has the other end of the pair.
            rustix::io::ioctl_fionbio(&fd, true)?;
        }
        Ok(Outlet { fd, kind })
    }

    /// So much of it that it need not wait, once the descriptor is writable. Whether a pipe waits is not ours to change: its flag is
    /// shared with every process that has it.
    fn write_some(&self, bytes: &[u8]) -> Result<usize> {
        match self.kind {
            FileType::Socket => send(&self.fd, bytes, socket::SEND).map_err(|errno| socket::send_error(errno, false)),
            _ => write(&self.fd, &bytes[..bytes.len().min(PIPE_BUF)]),
        }
    }
}

pub fn kind_of(fd: impl AsFd) -> Result<FileType> {
    Ok(FileType::from_raw_mode(fstat(fd)?.st_mode))
}

/// Those that are still open.
pub struct Outlets<'a> {
    pub open: Vec<Outlet>,
    failed: Option<Errno>,
    stop: &'a WakeUp,
}

impl<'a> Outlets<'a> {
    pub fn new(open: Vec<Outlet>, stop: &'a WakeUp) -> Self {
        Outlets { open, failed: None, stop }
    }

    /// What went wrong with one of them, apart from its reader being gone.
    pub fn failed(&self) -> Option<Errno> {
        self.failed
    }

    pub fn drop_out(&mut self, index: usize, errno: Errno) {
        self.open.remove(index);
        if !matches!(errno, Errno::PIPE | Errno::CONNRESET) {
            self.failed.get_or_insert(errno);
        }
    }

    pub fn wait(&self, fd: BorrowedFd<'_>, events: PollFlags) -> std::result::Result<(), Stopped> {
        let mut fds = [PollFd::from_borrowed_fd(self.stop.as_fd(), PollFlags::IN), PollFd::from_borrowed_fd(fd, events)];
        match poll(&mut fds, None) {
            Ok(_) | Err(Errno::INTR) if fds[0].revents().is_empty() => Ok(()),
            Ok(_) | Err(Errno::INTR) => Err(Stopped::Asked),
            Err(errno) => Err(errno.into()),
        }
    }

    /// To each of them.
    pub fn write(&mut self, bytes: &[u8]) -> std::result::Result<(), Stopped> {
        let mut index = 0;
        while index < self.open.len() {
            match self.write_to(index, bytes)? {
                Ok(()) => index += 1,
                Err(errno) => self.drop_out(index, errno),
            }
        }
        Ok(())
    }

    /// To one of them. What is wrong with it is the inner result.
    pub fn write_to(&self, index: usize, mut bytes: &[u8]) -> std::result::Result<Result<()>, Stopped> {
        let outlet = &self.open[index];
        while !bytes.is_empty() {
            self.wait(outlet.fd.as_fd(), PollFlags::OUT)?;
            match outlet.write_some(bytes) {
                Ok(written) => bytes = &bytes[written..],
                Err(Errno::AGAIN | Errno::INTR) => {}
                Err(errno) => return Ok(Err(errno)),
            }
        }
        Ok(Ok(()))
    }
}
