use super::arguments::{milliseconds, negated};
use super::external;
use super::reactor::Reactor;
use crate::ipc::platform::memory::{self, Memory as Mapping};
use crate::ipc::platform::named_memory;
use crate::ipc::shared_memory::{notify, wait, Cell};
use napi::bindgen_prelude::{Either, Env, FromNapiValue, JsValue, Unknown};
use napi::{Error, Result};
use napi_derive::napi;
use rustix::io::Errno;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::sync::Arc;

/// More cannot be a JavaScript ArrayBuffer anywhere.
const LARGEST: f64 = (1u64 << 53) as f64;

/// See js/native.d.ts.
#[napi]
pub struct Memory {
    mapping: Option<Arc<Mapping>>,
    file: Option<OwnedFd>,
    name: Option<String>,
    size: usize,
}

impl Memory {
    fn new(file: OwnedFd, size: usize, name: Option<String>) -> rustix::io::Result<Self> {
        let mapping = if name.is_some() { Mapping::map_unsealed(&file, size)? } else { Mapping::map(&file, size)? };
        Ok(Memory { mapping: Some(Arc::new(mapping)), file: Some(file), name, size })
    }

    pub(super) fn mapping(&self) -> Option<Arc<Mapping>> {
        self.mapping.clone()
    }

    fn cell(&self, index: f64) -> std::result::Result<Cell, Errno> {
        let mapping = self.mapping.as_ref().ok_or(Errno::BADF)?;
        // A number that is none, or too large, becomes one outside of every memory.
        let index = if index >= 0.0 { index as usize } else { usize::MAX };
        Cell::new(mapping.clone(), index).ok_or(Errno::RANGE)
    }
}

#[napi]
impl Memory {
    #[napi(getter)]
    pub fn fd(&self) -> i32 {
        self.file.as_ref().map_or(-1, AsRawFd::as_raw_fd)
    }

    #[napi(getter)]
    pub fn size(&self) -> f64 {
        self.size as f64
    }

    #[napi]
    pub fn buffer(&self, env: Env) -> Result<Unknown<'static>> {
        let mapping = self.mapping.clone().ok_or_else(|| Error::from_reason("the memory is closed"))?;
        let start = mapping.start().as_ptr();
        // SAFETY: the mapping is there as long as it is kept; this is the thread of `env`.
        let buffer = unsafe { external::array_buffer(env, start, self.size, Box::new(mapping)) };
        let buffer = buffer.map_err(|_| Error::from_reason("this runtime has no ArrayBuffers over memory from elsewhere"))?;
        // SAFETY: a value just made, in the scope of this call.
        unsafe { Unknown::from_napi_value(env.raw(), buffer) }
    }

    #[napi]
    pub fn notify(&self, index: f64, count: f64) -> i32 {
        match self.cell(index) {
            // A number above what it can hold saturates.
            Ok(cell) => notify(&cell, count as u32) as i32,
            Err(errno) => negated(errno),
        }
    }

    #[napi]
    pub fn unlink(&self) -> i32 {
        match (&self.name, &self.file) {
            (Some(name), Some(file)) => named_memory::remove(name, file).map_or_else(negated, |()| 0),
            _ => negated(Errno::BADF),
        }
    }

    #[napi]
    pub fn close(&mut self, env: Env, buffer: Option<Unknown<'_>>) {
        if let Some(buffer) = buffer {
            // What was transferred has no memory any more, and who has it keeps it.
            let _detached = external::detach(env, buffer.raw());
        }
        self.mapping = None;
        self.file = None;
    }
}

type Made = Either<Memory, i32>;

fn made(memory: std::result::Result<Memory, Errno>) -> Made {
    memory.map_or_else(|errno| Either::B(negated(errno)), Either::A)
}

fn checked(size: f64) -> std::result::Result<usize, Errno> {
    if (1.0..=LARGEST).contains(&size) {
        Ok(size as usize)
    } else {
        Err(Errno::INVAL)
    }
}

/// See js/native.d.ts.
#[napi]
pub fn create_memory(size: f64, name: Option<String>) -> Made {
    made(checked(size).and_then(|size| {
        let file = match &name {
            Some(name) => named_memory::create(name, size)?,
            None => {
                let file = memory::create(c"procs-memory", size)?;
                // What cannot be there is told now, and not by a SIGBUS.
                memory::reserve(&file, size)?;
                file
            }
        };
        Memory::new(file, size, name)
    }))
}

/// See js/native.d.ts.
#[napi]
pub fn open_memory(name: String) -> Made {
    made(named_memory::open_existing(&name).and_then(|(file, size)| Memory::new(file, size, Some(name))))
}

/// See js/native.d.ts.
#[napi]
pub fn adopt_memory(fd: i32) -> Made {
    if fd < 0 {
        return Either::B(negated(Errno::BADF));
    }
    // SAFETY: JavaScript gives it away.
    let file = unsafe { OwnedFd::from_raw_fd(fd) };
    made(memory::length(&file).and_then(|size| match size {
        0 => Err(Errno::PROTO),
        size => Memory::new(file, size, None),
    }))
}

/// See js/native.d.ts.
#[napi]
impl Reactor {
    #[napi]
    pub fn wait_memory(&self, memory: &Memory, index: f64, expected: i32, timeout: f64) -> i32 {
        let cell = match memory.cell(index) {
            Ok(cell) => cell,
            Err(errno) => return negated(errno),
        };
        let waiting = self.events.borrow_mut().insert_wait(|told| wait(cell, expected, milliseconds(timeout), told));
        waiting.map_or_else(negated, |id| id as i32)
    }

    #[napi]
    pub fn cancel_wait(&self, id: u32) {
        self.events.borrow().cancel_wait(id);
    }
}
