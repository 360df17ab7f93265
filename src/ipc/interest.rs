//! What is asked about a descriptor, and what is there.

/// What is asked about a descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interest {
    pub read: bool,
    pub write: bool,
    /// Told once each time that something comes, and not for as long as it is there.
    pub edge: bool,
}

impl Interest {
    pub const NONE: Interest = Interest { read: false, write: false, edge: false };
    pub const INPUT: Interest = Interest { read: true, ..Interest::NONE };
    /// A bell: it need not be read, which saves a system call each time it rings.
    pub const BELL: Interest = Interest { edge: true, ..Interest::INPUT };
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Ready {
    pub token: u64,
    pub readable: bool,
    pub writable: bool,
    /// Nothing more comes. Said also where nobody asks, for as long as it is watched at all.
    pub over: bool,
}
