use super::arguments::milliseconds;
use crate::pool::commands::{Commands, Settings};
use crate::pool::machine::{Machine, Scarce};
use napi::{Error, Result};
use napi_derive::napi;
use std::sync::Arc;
use std::time::Instant;

/// See js/native.d.ts.
#[napi]
pub struct CommandQueue {
    commands: Commands,
    machine: Machine,
}

#[napi]
impl CommandQueue {
    #[napi(constructor)]
    pub fn new(settings: String) -> Result<Self> {
        Ok(CommandQueue { commands: Commands::new(parsed(&settings)?, Instant::now()), machine: Machine::new() })
    }

    #[napi]
    pub fn configure(&mut self, settings: String) -> Result<()> {
        self.commands.configure(parsed(&settings)?);
        Ok(())
    }

    #[napi]
    pub fn push(&mut self, id: u32, priority: i32, key: Option<String>, queue_timeout: f64) -> bool {
        let key: Option<Arc<str>> = key.map(Arc::from);
        self.commands.push(id, priority, key.as_ref(), milliseconds(queue_timeout), Instant::now()).is_ok()
    }

    #[napi]
    pub fn next(&mut self) -> u32 {
        self.commands.next(Instant::now(), &mut self.machine).unwrap_or(0)
    }

    #[napi]
    pub fn over(&mut self, id: u32) {
        self.commands.over(id, Instant::now());
    }

    #[napi]
    pub fn remove(&mut self, id: u32) -> bool {
        self.commands.remove(id)
    }

    #[napi]
    pub fn expired(&mut self) -> u32 {
        self.commands.expired(Instant::now()).unwrap_or(0)
    }

    #[napi]
    pub fn wait(&self) -> f64 {
        self.commands.wait(Instant::now()).map_or(-1.0, |wait| wait.as_secs_f64() * 1000.0)
    }

    #[napi]
    pub fn held(&self) -> Option<&'static str> {
        self.commands.held().map(Scarce::name)
    }

    #[napi]
    pub fn stats(&self) -> String {
        self.commands.stats()
    }
}

fn parsed(settings: &str) -> Result<Settings> {
    Settings::from_json(settings).ok_or_else(|| Error::from_reason("these are no settings of a command queue"))
}
