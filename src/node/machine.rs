//! What this machine has.

use crate::pool::machine;
use napi_derive::napi;

/// See js/native.d.ts.
#[napi]
pub fn usable_cpus() -> u32 {
    machine::cpus() as u32
}
