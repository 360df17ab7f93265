use super::arguments::negated;
use super::dispatch::Event;
use super::reactor::Reactor;
use super::watch::Shared;
use crate::ipc::broker::{self, Bounds, Overflow, Settings, COUNTERS};
use crate::ipc::local::{Address, Listener};
use napi::bindgen_prelude::{Env, Float64ArraySlice, Int32ArraySlice, Uint32ArraySlice};
use napi::sys;
use napi_derive::napi;
use rustix::io::Errno;
use std::ffi::c_void;
use std::sync::Arc;

/// How many may wait to be accepted; the kernel has a bound of its own (net.core.somaxconn).
const BACKLOG: i32 = 4096;
const OVERFLOW: [Overflow; 3] = [Overflow::DropOldest, Overflow::DropNewest, Overflow::Disconnect];

/// See js/native.d.ts.
#[napi]
pub struct Broker {
    broker: Arc<broker::Broker>,
    events: Shared,
    env: sys::napi_env,
    id: u32,
    /// What the environment's end has, until this is over.
    hook: *const broker::Broker,
}

#[napi]
impl Reactor {
    #[napi]
    #[allow(clippy::too_many_arguments)] // as Reactor.spawn
    pub fn open_broker(
        &self,
        env: Env,
        address: String,
        limits: Float64ArraySlice<'_>,
        overflow: u32,
        uids: Uint32ArraySlice<'_>,
        software: String,
        mut io: Int32ArraySlice<'_>,
    ) -> Option<Broker> {
        let limit = |at: usize| limits.get(at).map_or(0, |limit| *limit as usize);
        let settings = Settings {
            bounds: Bounds { messages: limit(0), bytes: limit(1), overflow: OVERFLOW[overflow.min(2) as usize] },
            max_clients: limit(2),
            max_retained: limit(3),
            max_retained_bytes: limit(4),
            max_subscriptions: limit(5),
            max_frame: limit(6),
            allow_uids: uids.to_vec(),
            software,
        };
        match self.start_broker(env.raw(), &address, settings) {
            Ok(broker) => Some(broker),
            Err(errno) => {
                // SAFETY: this call has the array to itself: JavaScript waits for it.
                if let Some(status) = unsafe { io.as_mut() }.first_mut() {
                    *status = negated(errno);
                }
                None
            }
        }
    }

    fn start_broker(&self, env: sys::napi_env, address: &str, settings: Settings) -> Result<Broker, Errno> {
        let listener = Listener::bind(&Address::parse(address)?, BACKLOG)?;
        let file = listener.file.clone();
        let ticket = self.events.borrow_mut().open_ticket(None);
        let (id, mailbox) = ticket.inspect_err(|_| {
            // Nobody listens there.
            let _removed = file.and_then(|file| file.remove().ok());
        })?;
        let over = move |well: bool| mailbox.post(id, Event::End { status: if well { 0 } else { negated(Errno::IO) } });
        let broker = match broker::Broker::start(listener, settings, over) {
            Ok(broker) => Arc::new(broker),
            Err(errno) => {
                self.events.borrow_mut().close_stream_or_ticket(id);
                return Err(errno);
            }
        };
        let hook = Arc::into_raw(broker.clone());
        // SAFETY: on the environment's thread. The reference is given back where the hook runs, or is removed.
        unsafe { sys::napi_add_env_cleanup_hook(env, Some(on_environment_end), hook.cast_mut().cast()) };
        Ok(Broker { broker, events: self.events.clone(), env, id, hook })
    }
}

#[napi]
impl Broker {
    #[napi(getter)]
    pub fn id(&self) -> u32 {
        self.id
    }

    #[napi]
    pub fn stats(&self, mut counters: Float64ArraySlice<'_>) {
        let read: [u64; COUNTERS] = self.broker.counters().read();
        // SAFETY: this call has the array to itself: JavaScript waits for it.
        let places = unsafe { counters.as_mut() };
        for (place, counter) in places.iter_mut().zip(read) {
            *place = counter as f64;
        }
    }

    #[napi]
    pub fn close(&self) {
        self.broker.close();
    }

    #[napi]
    pub fn end(&self) {
        self.broker.end();
    }

    #[napi]
    pub fn forget(&mut self) {
        // It is over, or nearly.
        self.broker.end();
        if !self.hook.is_null() {
            // SAFETY: added by `start_broker`, and not run, or the environment would have ended. Its reference is given back once.
            unsafe {
                sys::napi_remove_env_cleanup_hook(self.env, Some(on_environment_end), self.hook.cast_mut().cast());
                drop(Arc::from_raw(self.hook));
            }
            self.hook = std::ptr::null();
        }
    }

    #[napi(js_name = "ref")]
    pub fn reference(&self) {
        self.events.borrow_mut().set_referenced(self.id, true);
    }

    #[napi]
    pub fn unref(&self) {
        self.events.borrow_mut().set_referenced(self.id, false);
    }
}

/// Nothing of it may be left when a Worker has ended, and no socket file when the process has.
unsafe extern "C" fn on_environment_end(broker: *mut c_void) {
    // SAFETY: the reference that `start_broker` gave away.
    unsafe { Arc::from_raw(broker.cast_const().cast::<broker::Broker>()) }.end();
}
