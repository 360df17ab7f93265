//! Whether one more process may be started.

use super::Snapshot;

/// From here on, in its last ten seconds, memory is so short that a limit on it counts as reached whatever is said to be available.
const PRESSURE: f64 = 0.25;

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Limits {
    /// Bytes that each task must find available; 0: any.
    pub min_memory_per_task: u64,
    /// 0 to 1. None: any.
    pub max_cpu: Option<f64>,
}

impl Limits {
    pub fn is_none(&self) -> bool {
        self.min_memory_per_task == 0 && self.max_cpu.is_none()
    }
}

/// What there is too little of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scarce {
    Memory,
    Cpu,
    /// Of this process, or of the machine.
    Descriptors,
    Processes,
}

impl Scarce {
    pub fn name(self) -> &'static str {
        match self {
            Scarce::Memory => "memory",
            Scarce::Cpu => "cpu",
            Scarce::Descriptors => "descriptors",
            Scarce::Processes => "processes",
        }
    }

    /// What a process could not be started for.
    pub fn of(errno: i32) -> Option<Scarce> {
        match errno {
            libc::EMFILE | libc::ENFILE => Some(Scarce::Descriptors),
            libc::EAGAIN => Some(Scarce::Processes),
            libc::ENOMEM => Some(Scarce::Memory),
            _ => None,
        }
    }
}

/// `tasks`: so many, with those of this process and of processes that were started and have not taken their memory yet.
pub fn may_start(snapshot: &Snapshot, tasks: usize, limits: &Limits) -> Result<(), Scarce> {
    if limits.min_memory_per_task > 0 {
        let wanted = limits.min_memory_per_task.saturating_mul(tasks as u64);
        let short = snapshot.available.is_some_and(|available| available < wanted);
        if short || snapshot.memory_pressure.is_some_and(|pressure| pressure >= PRESSURE) {
            return Err(Scarce::Memory);
        }
    }
    match (limits.max_cpu, snapshot.cpu) {
        (Some(max), Some(cpu)) if cpu >= max => Err(Scarce::Cpu),
        _ => Ok(()),
    }
}
