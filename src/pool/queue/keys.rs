//! Texts that tasks share are kept once, and are numbers to everybody else.

use super::slab::{Slab, NONE};
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

/// 0: no key.
pub type KeyId = u32;

/// So many keys that no task has at the moment are remembered for where they were.
const REMEMBERED: usize = 65536;

#[derive(Debug, Default)]
struct Key {
    text: Option<Arc<str>>,
    /// Tasks that have it.
    uses: u32,
    /// Where it belongs. 0: nowhere.
    home: u32,
    /// When nothing used it any more, last.
    left: u64,
}

#[derive(Debug)]
pub struct Keys {
    numbers: HashMap<Arc<str>, KeyId>,
    keys: Slab<Key>,
    /// Those that nothing uses, but that have a home, with the moment at which they were left. Stale where they are in use again.
    unused: VecDeque<(KeyId, u64)>,
    /// How many of `unused` are true.
    remembered: usize,
    moment: u64,
}

impl Default for Keys {
    fn default() -> Self {
        let mut keys = Slab::default();
        let zero = keys.add(Key::default());
        debug_assert_eq!(zero, 0);
        Keys { numbers: HashMap::new(), keys, unused: VecDeque::new(), remembered: 0, moment: 0 }
    }
}

impl Keys {
    /// One use more. Each ends with [`Keys::leave`].
    pub fn enter(&mut self, text: &Arc<str>) -> KeyId {
        let Some(number) = self.numbers.get(text).copied() else {
            let number = self.keys.add(Key { text: Some(text.clone()), uses: 1, home: 0, left: 0 });
            assert_ne!(number, NONE, "too many keys");
            self.numbers.insert(text.clone(), number);
            return number;
        };
        let key = &mut self.keys[number];
        if key.uses == 0 {
            self.remembered -= 1;
        }
        key.uses += 1;
        number
    }

    pub fn leave(&mut self, number: KeyId) {
        if number == 0 {
            return;
        }
        let key = &mut self.keys[number];
        key.uses -= 1;
        if key.uses > 0 {
            return;
        }
        if key.home == 0 {
            self.forget(number);
            return;
        }
        self.moment += 1;
        key.left = self.moment;
        self.unused.push_back((number, self.moment));
        self.remembered += 1;
        self.tidy();
    }

    pub fn home(&self, number: KeyId) -> u32 {
        self.keys[number].home
    }

    pub fn set_home(&mut self, number: KeyId, home: u32) {
        self.keys[number].home = home;
    }

    fn forget(&mut self, number: KeyId) {
        if let Some(text) = self.keys.take(number).text {
            self.numbers.remove(&text);
        }
    }

    fn is_true(&self, (number, moment): (KeyId, u64)) -> bool {
        let key = &self.keys[number];
        key.text.is_some() && key.uses == 0 && key.left == moment
    }

    fn tidy(&mut self) {
        while self.remembered > REMEMBERED {
            let Some(oldest) = self.unused.pop_front() else { break };
            if self.is_true(oldest) {
                self.remembered -= 1;
                self.forget(oldest.0);
            }
        }
        if self.unused.len() > 2 * REMEMBERED.min(self.remembered + 64) {
            let mut unused = std::mem::take(&mut self.unused);
            unused.retain(|entry| self.is_true(*entry));
            self.unused = unused;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_gone_with_its_last_use_unless_it_has_a_home() {
        let mut keys = Keys::default();
        let a: Arc<str> = "a".into();
        let first = keys.enter(&a);
        assert_eq!(keys.enter(&a), first);
        keys.leave(first);
        assert_eq!(keys.numbers.len(), 1);
        keys.leave(first);
        assert_eq!((keys.numbers.len(), keys.keys.len()), (0, 1));
        let again = keys.enter(&a);
        keys.set_home(again, 7);
        keys.leave(again);
        let back = keys.enter(&a);
        assert_eq!((back, keys.home(back)), (again, 7));
    }

    #[test]
    fn those_with_a_home_are_remembered_up_to_a_bound_and_a_busy_one_drives_nobody_out() {
        let mut keys = Keys::default();
        let texts: Vec<Arc<str>> = (0..REMEMBERED + 10).map(|number| number.to_string().into()).collect();
        let mut visit = |text: &Arc<str>| {
            let number = keys.enter(text);
            let home = keys.home(number);
            keys.set_home(number, 1);
            keys.leave(number);
            home
        };
        assert_eq!(visit(&texts[0]), 0);
        for _ in 0..3 * REMEMBERED {
            assert!(visit(&texts[1]) <= 1);
        }
        assert_eq!(visit(&texts[0]), 1);
        texts.iter().for_each(|text| assert!(visit(text) <= 1));
        assert_eq!(keys.numbers.len(), REMEMBERED);
        assert!(keys.unused.len() <= 2 * REMEMBERED);
    }
}
