//! Requests between clients that have no answer yet. Both ends can go first.

use std::collections::{BTreeMap, BTreeSet};

/// Of one requester.
const MOST: usize = 65_536;

#[derive(Debug, Default)]
pub struct Requests {
    /// (requester, id) to who was asked.
    asked: BTreeMap<(u32, u32), u32>,
    /// (asked, requester, id)
    to_answer: BTreeSet<(u32, u32, u32)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotOpened {
    /// The requester has one open under this id.
    Twice,
    TooMany,
}

/// What a client leaves open.
#[derive(Debug, PartialEq, Eq)]
pub struct Left {
    /// Of others to it: requester, id.
    pub unanswered: Vec<(u32, u32)>,
    /// Its own: id, who was asked.
    pub own: Vec<(u32, u32)>,
}

impl Requests {
    pub fn open(&mut self, requester: u32, id: u32, asked: u32) -> Result<(), NotOpened> {
        if self.asked.contains_key(&(requester, id)) {
            return Err(NotOpened::Twice);
        }
        if self.asked.range((requester, 0)..=(requester, u32::MAX)).count() >= MOST {
            return Err(NotOpened::TooMany);
        }
        self.asked.insert((requester, id), asked);
        self.to_answer.insert((asked, requester, id));
        Ok(())
    }

    /// Whether it was open.
    pub fn answered(&mut self, asked: u32, requester: u32, id: u32) -> bool {
        let open = self.to_answer.remove(&(asked, requester, id));
        if open {
            self.asked.remove(&(requester, id));
        }
        open
    }

    pub fn gone(&mut self, client: u32) -> Left {
        let unanswered = self.to_answer.range((client, 0, 0)..=(client, u32::MAX, u32::MAX));
        let unanswered: Vec<_> = unanswered.map(|(_, requester, id)| (*requester, *id)).collect();
        for (requester, id) in &unanswered {
            self.answered(client, *requester, *id);
        }
        let own: Vec<_> = self.asked.range((client, 0)..=(client, u32::MAX)).map(|((_, id), asked)| (*id, *asked)).collect();
        for (id, asked) in &own {
            self.answered(*asked, client, *id);
        }
        Left { unanswered, own }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_answered_once_and_by_who_was_asked() {
        let mut requests = Requests::default();
        assert_eq!(requests.open(1, 5, 2), Ok(()));
        assert_eq!(requests.open(1, 5, 3), Err(NotOpened::Twice));
        assert!(!requests.answered(3, 1, 5));
        assert!(requests.answered(2, 1, 5));
        assert!(!requests.answered(2, 1, 5));
    }

    #[test]
    fn who_goes_leaves_nothing_open() {
        let mut requests = Requests::default();
        for (requester, id, asked) in [(1, 1, 2), (1, 2, 2), (3, 1, 2), (2, 9, 1), (2, 8, 2)] {
            requests.open(requester, id, asked).unwrap();
        }
        let Left { unanswered, own } = requests.gone(2);
        assert_eq!(unanswered, [(1, 1), (1, 2), (2, 8), (3, 1)]);
        assert_eq!(own, [(9, 1)]);
        assert!(requests.asked.is_empty() && requests.to_answer.is_empty());
    }
}
