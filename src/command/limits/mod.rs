//! What a child may use of the machine, and how it shares the CPUs with others.

mod json;

/// Of a limit that bounds nothing.
pub const UNLIMITED: u64 = u64::MAX;

/// What can be limited. Bytes, but for those that say otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    /// Of virtual memory, which a program asks for long before it uses it.
    AddressSpace,
    /// Of a core dump.
    CoreSize,
    /// Seconds of all threads together: SIGXCPU at the soft limit, SIGKILL at the hard one.
    CpuTime,
    /// Of memory that is its own and writable, the stack apart.
    DataSize,
    /// Of a file that it writes: SIGXFSZ.
    FileSize,
    LockedMemory,
    /// One more than the highest descriptor.
    OpenFiles,
    /// Processes and threads of the user, whoever has started them. Root is not bound by it.
    Processes,
    /// Of the first thread's stack.
    StackSize,
}

/// By the names that JavaScript has for them.
const NAMES: [(&str, Resource); 9] = [
    ("addressSpace", Resource::AddressSpace),
    ("coreSize", Resource::CoreSize),
    ("cpuTime", Resource::CpuTime),
    ("dataSize", Resource::DataSize),
    ("fileSize", Resource::FileSize),
    ("lockedMemory", Resource::LockedMemory),
    ("openFiles", Resource::OpenFiles),
    ("processes", Resource::Processes),
    ("stackSize", Resource::StackSize),
];

impl Resource {
    pub fn from_name(name: &str) -> Option<Resource> {
        NAMES.iter().find(|(known, _)| *known == name).map(|(_, resource)| *resource)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResourceLimit {
    pub resource: Resource,
    pub soft: u64,
    /// `None`: this process's, or `soft` where that is more.
    pub hard: Option<u64>,
}

/// Everything here is inherited by what the child starts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    pub resources: Vec<ResourceLimit>,
    /// -20 is served first, 19 last. `None`: as this process.
    pub nice: Option<i32>,
    /// The CPUs that it may run on. Empty: those of this process.
    pub cpus: Vec<u32>,
}

impl Limits {
    pub fn is_empty(&self) -> bool {
        self.resources.is_empty() && self.nice.is_none() && self.cpus.is_empty()
    }

    pub fn of(&self, resource: Resource) -> Option<&ResourceLimit> {
        self.resources.iter().find(|limit| limit.resource == resource)
    }
}
