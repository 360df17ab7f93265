//! Who wants which topics: a tree of levels.

use super::topic::{is_one, is_rest, is_topic, levels};
use std::collections::HashMap;
use std::sync::Arc;

/// Topics whose receivers are remembered until a subscription changes.
const REMEMBERED: usize = 4096;

/// A client, and how many of its subscriptions have this pattern.
type Subscribers = Vec<(u32, u32)>;

#[derive(Debug, Default)]
struct Level {
    next: HashMap<Box<[u8]>, Level>,
    /// `*`
    any: Option<Box<Level>>,
    here: Subscribers,
    /// `#`
    rest: Subscribers,
}

#[derive(Debug, Default)]
pub struct Subscriptions {
    root: Level,
    remembered: HashMap<Box<[u8]>, Arc<[u32]>>,
}

impl Subscriptions {
    pub fn add(&mut self, pattern: &[u8], client: u32) {
        self.remembered.clear();
        let mut level = &mut self.root;
        for part in levels(pattern) {
            if is_rest(part) {
                count(&mut level.rest, client);
                return;
            }
            level = if is_one(part) { level.any.get_or_insert_default() } else { level.next.entry(part.into()).or_default() };
        }
        count(&mut level.here, client);
    }

    /// One that was added.
    pub fn remove(&mut self, pattern: &[u8], client: u32) {
        self.remembered.clear();
        let parts: Vec<&[u8]> = levels(pattern).collect();
        self.root.remove(&parts, client);
    }

    /// Each client once, however many of its patterns match. None where that is no topic.
    pub fn receivers(&mut self, topic: &[u8]) -> Option<Arc<[u32]>> {
        if let Some(known) = self.remembered.get(topic) {
            return Some(known.clone());
        }
        if !is_topic(topic) {
            return None;
        }
        let parts: Vec<&[u8]> = levels(topic).collect();
        let mut found = Vec::new();
        self.root.find(&parts, &mut found);
        found.sort_unstable();
        found.dedup();
        let receivers: Arc<[u32]> = found.into();
        if self.remembered.len() >= REMEMBERED {
            self.remembered.clear();
        }
        self.remembered.insert(topic.into(), receivers.clone());
        Some(receivers)
    }
}

impl Level {
    /// Visits no level twice: one way leads to each.
    fn find(&self, parts: &[&[u8]], found: &mut Vec<u32>) {
        let add = |found: &mut Vec<u32>, subscribers: &Subscribers| found.extend(subscribers.iter().map(|(client, _)| client));
        add(found, &self.rest);
        let Some((part, parts)) = parts.split_first() else {
            add(found, &self.here);
            return;
        };
        if let Some(next) = self.next.get(*part) {
            next.find(parts, found);
        }
        if let Some(any) = &self.any {
            any.find(parts, found);
        }
    }

    /// Whether nothing is left.
    fn remove(&mut self, parts: &[&[u8]], client: u32) -> bool {
        match parts.split_first() {
            None => discount(&mut self.here, client),
            Some((part, _)) if is_rest(part) => discount(&mut self.rest, client),
            Some((part, parts)) if is_one(part) => {
                if self.any.as_mut().is_some_and(|any| any.remove(parts, client)) {
                    self.any = None;
                }
            }
            Some((part, parts)) => {
                if self.next.get_mut(*part).is_some_and(|next| next.remove(parts, client)) {
                    self.next.remove(*part);
                }
            }
        }
        self.next.is_empty() && self.any.is_none() && self.here.is_empty() && self.rest.is_empty()
    }
}

fn count(subscribers: &mut Subscribers, client: u32) {
    match subscribers.iter_mut().find(|(known, _)| *known == client) {
        Some((_, times)) => *times += 1,
        None => subscribers.push((client, 1)),
    }
}

fn discount(subscribers: &mut Subscribers, client: u32) {
    subscribers.retain_mut(|(known, times)| {
        *times -= u32::from(*known == client);
        *times > 0
    });
}

#[cfg(test)]
mod tests {
    use super::super::topic::{is_name, is_pattern, literal_beginning, matches};
    use super::*;

    /// The table that `__test__/ipc-broker-topics.test.js` has too.
    const TABLE: [(&str, &[&str], &[&str]); 9] = [
        ("a", &["a"], &["b", "a.b", "aa"]),
        ("a.b", &["a.b"], &["a", "a.c", "a.b.c"]),
        ("*", &["a", "b"], &["a.b"]),
        ("#", &["a", "a.b", "a.b.c"], &[]),
        ("jobs.*.done", &["jobs.1.done", "jobs.x.done"], &["jobs.done", "jobs.1.2.done", "jobs.1.failed", "jobs.1.done.x"]),
        ("jobs.#", &["jobs", "jobs.1", "jobs.1.done"], &["job", "jobsx", "x.jobs"]),
        ("*.*", &["a.b"], &["a", "a.b.c"]),
        ("*.b.#", &["a.b", "c.b.d.e"], &["b", "a.c.b"]),
        ("a.*.#", &["a.b", "a.b.c"], &["a", "b.a"]),
    ];

    #[test]
    fn patterns_match_what_they_say() {
        for (pattern, yes, no) in TABLE {
            let mut subscriptions = Subscriptions::default();
            subscriptions.add(pattern.as_bytes(), 7);
            for (topics, expected) in [(yes, true), (no, false)] {
                for topic in topics {
                    assert_eq!(matches(pattern.as_bytes(), topic.as_bytes()), expected, "{pattern} {topic}");
                    assert_eq!(subscriptions.receivers(topic.as_bytes()).unwrap().contains(&7), expected, "{pattern} {topic}");
                    let beginning = literal_beginning(pattern.as_bytes());
                    assert!(!expected || topic.as_bytes().starts_with(beginning), "{pattern} {topic}");
                }
            }
        }
    }

    #[test]
    fn a_client_gets_a_message_once_and_keeps_what_it_has_twice() {
        let mut subscriptions = Subscriptions::default();
        for pattern in ["a.b", "a.*", "a.b", "#"] {
            subscriptions.add(pattern.as_bytes(), 1);
        }
        subscriptions.add(b"a.b", 2);
        assert_eq!(*subscriptions.receivers(b"a.b").unwrap(), [1, 2]);
        for pattern in ["a.*", "#", "a.b"] {
            subscriptions.remove(pattern.as_bytes(), 1);
        }
        assert_eq!(*subscriptions.receivers(b"a.b").unwrap(), [1, 2]);
        subscriptions.remove(b"a.b", 1);
        assert_eq!(*subscriptions.receivers(b"a.b").unwrap(), [2]);
        subscriptions.remove(b"a.b", 2);
        assert!(subscriptions.root.next.is_empty() && subscriptions.root.any.is_none());
    }

    #[test]
    fn what_is_no_topic_pattern_or_name() {
        for bad in ["", ".", "a.", ".a", "a..b", "a b", "a\n", "a:b", "a+b", "a!", "a\"", "a\\", "a\x7f", &"x".repeat(256)] {
            assert!(!is_topic(bad.as_bytes()) && !is_pattern(bad.as_bytes()) && !is_name(bad.as_bytes()), "{bad:?}");
        }
        for pattern in ["*", "#", "a.*.b", "a.#"] {
            assert!(is_pattern(pattern.as_bytes()) && !is_topic(pattern.as_bytes()), "{pattern}");
        }
        for bad in ["#.a", "a*", "a.b#", "**"] {
            assert!(!is_pattern(bad.as_bytes()), "{bad}");
        }
        assert!(is_topic("ä.日本".as_bytes()) && is_topic(b"$x") && !is_name(b"$x") && is_name(b"x$"));
    }
}
