//! What a pool waits for, and whose it is.

use super::task::WorkerId;

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
