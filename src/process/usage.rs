use std::time::Duration;

/// What a process used, with what it had waited for itself, as getrusage(2) counts it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    pub user_cpu: Duration,
    pub system_cpu: Duration,
    /// Bytes. 0 where it is not known.
    pub max_rss: u64,
    pub minor_page_faults: u64,
    pub major_page_faults: u64,
    pub fs_reads: u64,
    pub fs_writes: u64,
    pub voluntary_context_switches: u64,
    pub involuntary_context_switches: u64,
}

/// The kernel's unit of `ru_maxrss`.
const RSS_UNIT: u64 = if cfg!(target_os = "macos") { 1 } else { 1024 };

impl From<&libc::rusage> for Usage {
    fn from(usage: &libc::rusage) -> Self {
        let count = |number: libc::c_long| u64::try_from(number).unwrap_or(0);
        Usage {
            user_cpu: duration(&usage.ru_utime),
            system_cpu: duration(&usage.ru_stime),
            max_rss: count(usage.ru_maxrss) * RSS_UNIT,
            minor_page_faults: count(usage.ru_minflt),
            major_page_faults: count(usage.ru_majflt),
            fs_reads: count(usage.ru_inblock),
            fs_writes: count(usage.ru_oublock),
            voluntary_context_switches: count(usage.ru_nvcsw),
            involuntary_context_switches: count(usage.ru_nivcsw),
        }
    }
}

fn duration(time: &libc::timeval) -> Duration {
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_usec).unwrap_or(0) * 1000)
}

/// The most memory that this process has had so far, in bytes.
pub(super) fn own_peak() -> u64 {
    // SAFETY: plain data, which the kernel fills.
    unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_SELF, &raw mut usage);
        Usage::from(&usage).max_rss
    }
}
