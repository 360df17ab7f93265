use rustix::event::{poll, PollFd, Timespec};
use rustix::io::{Errno, Result};
use std::time::Instant;

/// Blocks until one of `fds` is ready or the time has come, and returns of `watched`, which says what each of them is, those that are.
pub fn ready<T>(watched: Vec<T>, fds: &mut [PollFd<'_>], deadline: Option<Instant>) -> Result<Vec<T>> {
    let timeout = deadline.map(|at| {
        let left = at.saturating_duration_since(Instant::now());
        Timespec { tv_sec: left.as_secs() as i64, tv_nsec: left.subsec_nanos().into() }
    });
    match poll(fds, timeout.as_ref()) {
        Ok(_) | Err(Errno::INTR) => {}
        Err(errno) => return Err(errno),
    }
    Ok(watched.into_iter().zip(fds).filter(|(_, fd)| !fd.revents().is_empty()).map(|(watched, _)| watched).collect())
}
