//! What a child used, as JavaScript finds it in an array of its own.

use crate::process::Usage;

/// See `Usage` in js/native.d.ts.
pub const PLACES: usize = 9;

pub fn write(usage: &Usage, places: &mut [f64]) {
    let numbers = [
        usage.user_cpu.as_micros() as f64,
        usage.system_cpu.as_micros() as f64,
        usage.max_rss as f64,
        usage.minor_page_faults as f64,
        usage.major_page_faults as f64,
        usage.fs_reads as f64,
        usage.fs_writes as f64,
        usage.voluntary_context_switches as f64,
        usage.involuntary_context_switches as f64,
    ];
    for (place, number) in places.iter_mut().zip(numbers) {
        *place = number;
    }
}
