//! The core of `@x/procs`. Arrows run down: node -> pool -> ipc -> process -> command.

/// WHAT to start: program, arguments, environment, stdio plan. Data only, no system calls.
pub mod command;
/// TALKING to it: Node's own channel protocol.
pub mod ipc;
/// The only module that knows Node-API: one file per JavaScript class.
/// Not in Rust's own tests, which have no Node to link with: JavaScript's tests are its tests.
#[cfg(all(feature = "node", not(test)))]
mod node;
/// MANY of it: queue, workers, supervision.
pub mod pool;
/// STARTING it, noticing its end, signalling it.
pub mod process;
