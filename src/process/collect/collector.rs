//! The thread that reads what takes longer. Started with the first stream; it sleeps when there is nothing to do.

use super::reader::Seen;
use super::stream::Stream;
use crate::process::{Poller, WakeUp};
use rustix::io::{Errno, Result};
use std::collections::HashMap;
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// Ages at which a stream is looked at. Most are over before the first one; who is older than the last one is watched.
const AGES: [Duration; 4] = [Duration::from_millis(2), Duration::from_millis(6), Duration::from_millis(14), Duration::from_millis(30)];
/// A younger one is watched when so much waits: before its writer has to.
const MUCH: u64 = 32 * 1024;
/// As often as young streams are looked at, however many there are.
const PAUSE: Duration = Duration::from_millis(1);

/// Of the wake-up; streams' tokens stay below it.
const WAKE: u64 = u64::MAX;

/// Of this process.
pub struct Collector {
    poller: Poller,
    wake: WakeUp,
    work: Mutex<Work>,
}

#[derive(Default)]
struct Work {
    young: Vec<Young>,
    watched: HashMap<u64, Arc<Stream>>,
    /// It waits without an end, so it must be woken for young streams.
    asleep: bool,
    running: bool,
}

struct Young {
    stream: Arc<Stream>,
    since: Instant,
    looked: usize,
}

impl Young {
    fn due(&self) -> Instant {
        self.since + AGES[self.looked.min(AGES.len() - 1)]
    }
}

impl Collector {
    pub fn shared() -> Result<&'static Collector> {
        static SHARED: OnceLock<Collector> = OnceLock::new();
        if let Some(collector) = SHARED.get() {
            return Ok(collector);
        }
        let (poller, wake) = (Poller::new()?, WakeUp::new()?);
        poller.add(&wake, WAKE)?;
        Ok(SHARED.get_or_init(|| Collector { poller, wake, work: Mutex::default() }))
    }

    fn work(&'static self) -> Result<MutexGuard<'static, Work>> {
        let mut work = self.lock();
        if !work.running {
            let thread = std::thread::Builder::new().name("procs-collect".into()).stack_size(256 * 1024);
            thread.spawn(|| self.read_for_ever()).map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::AGAIN))?;
            work.running = true;
        }
        Ok(work)
    }

    fn lock(&self) -> MutexGuard<'_, Work> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new stream, which may well be over before it is looked at.
    pub fn take_on(&'static self, stream: Arc<Stream>) -> Result<()> {
        let mut work = self.work()?;
        work.young.push(Young { stream, since: Instant::now(), looked: 0 });
        if std::mem::take(&mut work.asleep) {
            self.wake.wake();
        }
        Ok(())
    }

    /// Reads it from now on.
    pub fn watch(&'static self, stream: &Arc<Stream>, fd: &OwnedFd) -> Result<()> {
        let mut work = self.work()?;
        self.poller.add(fd, stream.token())?;
        work.watched.insert(stream.token(), stream.clone());
        Ok(())
    }

    pub fn unwatch(&self, token: u64, fd: &OwnedFd) {
        // Watched, so this cannot fail.
        let _unwatched = self.poller.remove(fd);
        self.lock().watched.remove(&token);
    }

    fn read_for_ever(&'static self) {
        loop {
            let timeout = self.next_look();
            for token in self.poller.wait_for(timeout) {
                if token == WAKE {
                    self.wake.clear();
                    continue;
                }
                let stream = self.lock().watched.get(&token).cloned();
                if let Some(stream) = stream {
                    read(&stream);
                }
            }
            self.look_at_young();
        }
    }

    /// How long until a young stream is to be looked at.
    fn next_look(&self) -> Option<Duration> {
        let mut work = self.lock();
        let due = work.young.iter().map(Young::due).min();
        work.asleep = due.is_none();
        due.map(|due| due.saturating_duration_since(Instant::now()).max(PAUSE))
    }

    fn look_at_young(&self) {
        let now = Instant::now();
        let mut due: Vec<Young> = {
            let mut work = self.lock();
            if work.young.is_empty() {
                return;
            }
            work.young.extract_if(.., |young| young.due() <= now).collect()
        };
        due.retain_mut(|young| young.stays(now));
        if !due.is_empty() {
            self.lock().young.append(&mut due);
        }
    }
}

impl Young {
    /// Whether it is to be looked at again. Otherwise it is over, or watched from now on.
    fn stays(&mut self, now: Instant) -> bool {
        let mut state = self.stream.lock();
        if state.is_over() || self.stream.is_watched() {
            return false;
        }
        self.looked += 1;
        if self.looked < AGES.len() && now.duration_since(self.since) < AGES[AGES.len() - 1] && state.reader.pending() < MUCH {
            return true;
        }
        if let Err(errno) = self.stream.watch(&mut state) {
            let ending = self.stream.fail(&mut state, errno);
            drop(state);
            self.stream.tell(ending);
        }
        false
    }
}

/// One read, so that every stream gets its turn: it is ready again if there is more.
fn read(stream: &Arc<Stream>) {
    let mut state = stream.lock();
    if state.is_over() {
        return;
    }
    if let Seen::Over(_) = stream.read(&mut state) {
        if let Some(ending) = stream.conclude(&mut state) {
            drop(state);
            stream.tell(ending);
        }
    }
}
