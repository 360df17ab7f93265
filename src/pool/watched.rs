//! What a pool waits for, and whose it is.

use super::task::WorkerId;

/// What a token stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    Socket(WorkerId),
    Bell(WorkerId),
    Process(WorkerId),
    Lifeline(WorkerId),
    Timer,
}

impl Subject {
    pub fn token(self) -> u64 {
        match self {
            Subject::Socket(worker) => u64::from(worker) << 3,
            Subject::Bell(worker) => u64::from(worker) << 3 | 1,
            Subject::Process(worker) => u64::from(worker) << 3 | 2,
            Subject::Lifeline(worker) => u64::from(worker) << 3 | 3,
            Subject::Timer => 4,
        }
    }

    pub fn of(token: u64) -> Subject {
        let worker = (token >> 3) as WorkerId;
        match token & 7 {
            0 => Subject::Socket(worker),
            1 => Subject::Bell(worker),
            2 => Subject::Process(worker),
            3 => Subject::Lifeline(worker),
            _ => Subject::Timer,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_says_whose_it_is() {
        for subject in [Subject::Socket(1), Subject::Bell(7), Subject::Process(u32::MAX), Subject::Lifeline(3), Subject::Timer] {
            assert_eq!(Subject::of(subject.token()), subject);
        }
    }
}
