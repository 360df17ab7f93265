//! What a pool waits for, and whose it is.

use super::task::WorkerId;

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

#[derive(Clone, Copy, Debug)]
pub struct Ready {
    pub token: u64,
    pub readable: bool,
    pub writable: bool,
}

/// What a token stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    Socket(WorkerId),
    Bell(WorkerId),
    Process(WorkerId),
    Timer,
}

impl Subject {
    pub fn token(self) -> u64 {
        match self {
            Subject::Socket(worker) => u64::from(worker) << 2,
            Subject::Bell(worker) => u64::from(worker) << 2 | 1,
            Subject::Process(worker) => u64::from(worker) << 2 | 2,
            Subject::Timer => 3,
        }
    }

    pub fn of(token: u64) -> Subject {
        let worker = (token >> 2) as WorkerId;
        match token & 3 {
            0 => Subject::Socket(worker),
            1 => Subject::Bell(worker),
            2 => Subject::Process(worker),
            _ => Subject::Timer,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_says_whose_it_is() {
        for subject in [Subject::Socket(1), Subject::Bell(7), Subject::Process(u32::MAX), Subject::Timer] {
            assert_eq!(Subject::of(subject.token()), subject);
        }
    }
}
