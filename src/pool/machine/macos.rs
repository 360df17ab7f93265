use super::{Snapshot, Surroundings, Use};
use std::mem::{size_of, MaybeUninit};
use std::time::{Duration, Instant};

/// As on Linux.
const FRESH: Duration = Duration::from_millis(100);

/// CPUs that are there; at least 1.
pub fn cpus() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Asks the kernel for memory and load. There are no containers here.
#[derive(Debug, Default)]
pub struct Machine {
    last: Option<(Instant, Snapshot)>,
}

impl Machine {
    pub fn new() -> Self {
        Machine::default()
    }
}

impl Surroundings for Machine {
    fn snapshot(&mut self, now: Instant) -> Snapshot {
        match self.last {
            Some((at, snapshot)) if now.saturating_duration_since(at) < FRESH => snapshot,
            _ => {
                let total = number("hw.memsize");
                // The kernel's own notion of what is left, in percent: it is what its notifications of memory pressure go by.
                let level = number("kern.memorystatus_level");
                let available = total.zip(level).map(|(total, percent)| total / 100 * percent.min(100));
                let snapshot = Snapshot { available, total, cpu: load(), memory_pressure: None };
                self.last = Some((now, snapshot));
                snapshot
            }
        }
    }
}

/// Of the last minute: how many wanted to run, for each CPU.
fn load() -> Option<f64> {
    let mut averages = [0f64; 1];
    // SAFETY: room for as many as are asked for.
    let count = unsafe { libc::getloadavg(averages.as_mut_ptr(), 1) };
    (count == 1).then(|| (averages[0] / cpus() as f64).clamp(0.0, 1.0))
}

fn number(name: &str) -> Option<u64> {
    let name = std::ffi::CString::new(name).ok()?;
    // Some are 32 bits wide: what is not written stays zero, and all machines here have the low byte first.
    let mut value = 0u64;
    let mut size = size_of::<u64>();
    // SAFETY: the name ends with a zero, and at most `size` bytes are written.
    let status = unsafe { libc::sysctlbyname(name.as_ptr(), (&raw mut value).cast(), &raw mut size, std::ptr::null_mut(), 0) };
    (status == 0).then_some(value)
}

/// None: it is gone, or may not be looked at. Only of a process that is not reaped: numbers of others change hands.
pub fn sample(pid: i32) -> Option<Use> {
    let mut usage = MaybeUninit::<libc::rusage_info_v2>::zeroed();
    // SAFETY: as large as the version that is asked for says.
    let usage = unsafe {
        if libc::proc_pid_rusage(pid, libc::RUSAGE_INFO_V2, usage.as_mut_ptr().cast()) != 0 {
            return None;
        }
        usage.assume_init()
    };
    let ticks = usage.ri_user_time + usage.ri_system_time;
    Some(Use { rss: usage.ri_resident_size, cpu: Duration::from_nanos(nanoseconds(ticks)), is_runnable: false })
}

/// The kernel counts these in its own ticks, which are nanoseconds on some machines only.
fn nanoseconds(ticks: u64) -> u64 {
    let mut base = Timebase { numerator: 0, denominator: 0 };
    // SAFETY: plain data, which it fills.
    let status = unsafe { mach_timebase_info(&raw mut base) };
    if status != 0 || base.denominator == 0 {
        return ticks;
    }
    (u128::from(ticks) * u128::from(base.numerator) / u128::from(base.denominator)) as u64
}

#[repr(C)]
struct Timebase {
    numerator: u32,
    denominator: u32,
}

// libc has it, and calls it deprecated.
extern "C" {
    fn mach_timebase_info(base: *mut Timebase) -> i32;
}

/// Nobody counts them here.
#[derive(Debug, Default)]
pub struct OomKills;

impl OomKills {
    pub fn new() -> Self {
        OomKills
    }

    pub fn take(&mut self) -> bool {
        false
    }
}
