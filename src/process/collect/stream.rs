//! One stream that is collected, by the thread or by whoever asks whether it is over.

use super::arrival::{interleave, Arrival};
use super::bytes::Bytes;
use super::collector::Collector;
use super::reader::{Ending, Reader, Seen};
use super::text::{self, Text};
use rustix::io::{Errno, Result};
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError, TryLockError, Weak};

/// What is read at the end of a child before the rest is left to the thread.
const AT_THE_END: usize = 1 << 20;
/// From here on decoding what is not ASCII is left to a thread.
const DECODE_APART: usize = 256 * 1024;

/// How a stream is to be collected.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Bytes kept at most.
    pub limit: usize,
    /// It will be asked for as a string: what is not ASCII is decoded before it is over.
    pub text: bool,
}

/// What was collected.
#[derive(Debug)]
pub enum Collected {
    Bytes {
        bytes: Bytes,
        /// Known to be so.
        ascii: bool,
    },
    Text(Text),
}

/// What [`Stream::finish`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finished {
    Over(Ending),
    /// It will be told.
    GoesOn,
    /// All of it is here and is being decoded. It will be told.
    Decoding,
}

/// Told once, on a thread of the collector's, unless [`Stream::finish`] said so before.
type Tell = Box<dyn Fn(Ending) + Send + Sync>;

/// See the module.
pub struct Stream {
    token: u64,
    text: bool,
    length: AtomicUsize,
    /// In the collector's set. Changed with the state held.
    watched: AtomicBool,
    state: Mutex<State>,
    decoded: Condvar,
    /// Whose order of arrival is kept together with its own.
    partner: OnceLock<Weak<Stream>>,
    tell: Tell,
}

pub(super) struct State {
    pub reader: Reader,
    decoding: bool,
    text: Option<Text>,
}

static NEXT: AtomicU64 = AtomicU64::new(0);

impl Stream {
    /// Collects what comes out of `fd`. With a `partner` the order is kept in which the bytes of both came.
    pub fn collect(fd: OwnedFd, plan: Plan, partner: Option<&Arc<Stream>>, tell: Tell) -> Result<Arc<Stream>> {
        let reader = Reader::new(fd, plan.limit, plan.text)?;
        let stream = Arc::new(Stream {
            token: NEXT.fetch_add(1, Ordering::Relaxed),
            text: plan.text,
            length: AtomicUsize::new(0),
            watched: AtomicBool::new(false),
            state: Mutex::new(State { reader, decoding: false, text: None }),
            decoded: Condvar::new(),
            partner: OnceLock::new(),
            tell,
        });
        let Some(partner) = partner else {
            Collector::shared()?.take_on(stream.clone())?;
            return Ok(stream);
        };
        let _one_pair = (partner.partner.set(Arc::downgrade(&stream)), stream.partner.set(Arc::downgrade(partner)));
        let arrival = Arrival::default();
        for (number, stream) in [partner, &stream].into_iter().enumerate() {
            let mut state = stream.lock();
            state.reader.note_arrival(arrival.clone(), number as u32);
            // Order is kept only by who looks at both all the time.
            stream.watch(&mut state)?;
        }
        Ok(stream)
    }

    pub(super) fn token(&self) -> u64 {
        self.token
    }

    /// Held for one bounded read at most.
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn try_lock(&self) -> Option<MutexGuard<'_, State>> {
        match self.state.try_lock() {
            Ok(state) => Some(state),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// Bytes that came so far.
    pub fn received(&self) -> usize {
        self.length.load(Ordering::Relaxed)
    }

    /// Reads what is there now, without waiting for anything.
    pub fn finish(self: &Arc<Self>) -> Finished {
        // Where the thread reads it, it does so to the end. Where it does not, it only ever looks at it for a moment.
        let state = if self.is_watched() { self.try_lock() } else { Some(self.lock()) };
        let Some(mut state) = state else { return Finished::GoesOn };
        let mut left = AT_THE_END;
        while state.reader.ending().is_none() {
            match self.read(&mut state) {
                Seen::Some(length) if length < left => left -= length,
                Seen::Some(_) | Seen::NothingNow => {
                    // Its child is at its end, so what still comes is waited for.
                    return match self.watch(&mut state) {
                        Ok(()) => Finished::GoesOn,
                        Err(errno) => Finished::Over(self.fail(&mut state, errno)),
                    };
                }
                Seen::Over(_) => {}
            }
        }
        self.conclude(&mut state).map_or(Finished::Decoding, Finished::Over)
    }

    /// One bounded read.
    pub(super) fn read(&self, state: &mut State) -> Seen {
        let seen = state.reader.read();
        self.length.store(state.reader.bytes().len(), Ordering::Relaxed);
        seen
    }

    pub(super) fn is_watched(&self) -> bool {
        self.watched.load(Ordering::Relaxed)
    }

    /// Leaves it to the thread, if it is not there already.
    pub(super) fn watch(self: &Arc<Self>, state: &mut State) -> Result<()> {
        let Some(fd) = state.reader.fd() else { return Ok(()) };
        if !self.is_watched() {
            Collector::shared()?.watch(self, fd)?;
            self.watched.store(true, Ordering::Relaxed);
        }
        Ok(())
    }

    fn unwatch(&self, state: &State) {
        if self.watched.swap(false, Ordering::Relaxed) {
            if let (Some(fd), Ok(collector)) = (state.reader.fd(), Collector::shared()) {
                collector.unwatch(self.token, fd);
            }
        }
    }

    /// Before the descriptor goes, the collector has to know: a child between clone and exec keeps its file open.
    fn take_fd(&self, state: &mut State) -> Option<OwnedFd> {
        self.unwatch(state);
        state.reader.take_fd()
    }

    pub(super) fn fail(&self, state: &mut State, errno: Errno) -> Ending {
        self.take_fd(state);
        state.reader.end(Ending::Failed(errno))
    }

    /// Once it is over: how, or `None` while it is still to be decoded, which is told.
    pub(super) fn conclude(self: &Arc<Self>, state: &mut State) -> Option<Ending> {
        let ending = state.reader.ending()?;
        self.unwatch(state);
        if ending != Ending::OverLimit {
            state.reader.take_fd();
        }
        if self.wants_decoding(state) {
            let stream = self.clone();
            let thread = std::thread::Builder::new().name("procs-decode".into()).stack_size(128 * 1024);
            // Without a thread it is decoded by whoever asks for it.
            state.decoding = thread.spawn(move || stream.decode()).is_ok();
        }
        (!state.decoding).then_some(ending)
    }

    fn wants_decoding(&self, state: &State) -> bool {
        // Partners are put together first.
        let apart = self.text && self.partner.get().is_none() && !state.decoding && state.text.is_none();
        apart && !state.reader.is_ascii() && state.reader.bytes().len() > DECODE_APART
    }

    fn decode(&self) {
        let mut state = self.lock();
        let bytes = state.reader.take_bytes(true);
        drop(state);
        let text = text::decode(bytes);
        state = self.lock();
        match text {
            Ok(text) => state.text = Some(text),
            Err(errno) => {
                state.reader.end(Ending::Failed(errno));
            }
        }
        state.decoding = false;
        let ending = state.reader.ending();
        drop(state);
        self.decoded.notify_all();
        if let Some(ending) = ending {
            self.tell(ending);
        }
    }

    pub(super) fn tell(&self, ending: Ending) {
        (self.tell)(ending);
    }

    /// Stops reading and gives the descriptor back, if it is not over.
    pub fn take_over(&self) -> Option<OwnedFd> {
        let mut state = self.lock();
        match state.reader.ending() {
            None => self.take_fd(&mut state),
            Some(_) => None,
        }
    }

    /// What came, and nothing more will. The descriptor is closed. As text, without a character that the limit has cut.
    pub fn take(&self, as_text: bool) -> Collected {
        let mut state = self.lock();
        self.take_fd(&mut state);
        // Only who asks for a stream that is not over has to wait.
        while state.decoding {
            state = self.decoded.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if let Some(text) = state.text.take() {
            return Collected::Text(text);
        }
        let mut bytes = state.reader.take_bytes(as_text);
        bytes.shrink();
        Collected::Bytes { bytes, ascii: state.reader.is_ascii() }
    }

    /// What this one and its partner got so far, in the order in which it came. Both keep it. `None` without a partner.
    pub fn with_partner(&self, as_text: bool) -> Option<Result<Bytes>> {
        let partner = self.partner.get()?.upgrade()?;
        let (one, other) = (self.lock(), partner.lock());
        let (arrival, number) = one.reader.arrival()?;
        let streams = [(*number, one.reader.bytes().as_slice()), (1 - *number, other.reader.bytes().as_slice())];
        Some(interleave(&arrival.parts(), &streams, as_text))
    }

    /// It is of no interest any more, and nothing is told.
    pub fn close(&self) {
        let mut state = self.lock();
        self.take_fd(&mut state);
        state.reader.take_bytes(false).drop_apart();
    }
}

impl State {
    pub fn is_over(&self) -> bool {
        self.reader.ending().is_some() || self.reader.fd().is_none()
    }
}
