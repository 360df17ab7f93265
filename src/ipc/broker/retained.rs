//! The last value of each topic that was published to be kept.

use super::chunk::Chunk;
use super::topic::{literal_beginning, matches};
use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

#[derive(Debug)]
pub struct Retained {
    values: BTreeMap<Box<[u8]>, Arc<Chunk>>,
    bytes: usize,
    max_values: usize,
    max_bytes: usize,
}

impl Retained {
    pub fn new(max_values: usize, max_bytes: usize) -> Self {
        Retained { values: BTreeMap::new(), bytes: 0, max_values, max_bytes }
    }

    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// In place of the topic's former one. Whether there was room for it; if not, the former one, being no longer the last, is forgotten.
    pub fn keep(&mut self, topic: &[u8], value: Arc<Chunk>) -> bool {
        self.forget(topic);
        let fits = self.values.len() < self.max_values && self.bytes + value.bytes.len() <= self.max_bytes;
        if fits {
            self.bytes += value.bytes.len();
            self.values.insert(topic.into(), value);
        }
        fits
    }

    pub fn forget(&mut self, topic: &[u8]) {
        if let Some(value) = self.values.remove(topic) {
            self.bytes -= value.bytes.len();
        }
    }

    /// In the order of their topics.
    pub fn matching<'a>(&'a self, pattern: &'a [u8]) -> impl Iterator<Item = &'a Arc<Chunk>> {
        let beginning = literal_beginning(pattern);
        let from = self.values.range::<[u8], _>((Bound::Included(beginning), Bound::Unbounded));
        let near = from.take_while(move |(topic, _)| topic.starts_with(beginning));
        near.filter(move |(topic, _)| matches(pattern, topic)).map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::super::chunk::Frame;
    use super::*;

    fn value(text: &str) -> Arc<Chunk> {
        Chunk::new(text.as_bytes().to_vec(), vec![Frame { end: text.len() as u32, ..Frame::default() }])
    }

    fn found(retained: &Retained, pattern: &str) -> Vec<String> {
        retained.matching(pattern.as_bytes()).map(|value| String::from_utf8(value.bytes.clone()).unwrap()).collect()
    }

    #[test]
    fn the_last_value_of_each_topic() {
        let mut retained = Retained::new(10, 100);
        for topic in ["a", "a.b", "a.c", "ab", "b"] {
            assert!(retained.keep(topic.as_bytes(), value(topic)));
        }
        assert!(retained.keep(b"a.b", value("new")));
        assert_eq!(found(&retained, "a.#"), ["a", "new", "a.c"]);
        assert_eq!(found(&retained, "*"), ["a", "ab", "b"]);
        assert_eq!(found(&retained, "a.c"), ["a.c"]);
        retained.forget(b"a.b");
        assert_eq!(found(&retained, "a.*"), ["a.c"]);
    }

    #[test]
    fn what_does_not_fit_is_not_kept_and_neither_is_what_it_replaces() {
        let mut retained = Retained::new(2, 10);
        assert!(retained.keep(b"a", value("12345")) && retained.keep(b"b", value("12345")));
        assert!(!retained.keep(b"c", value("")));
        assert!(!retained.keep(b"b", value("123456")));
        assert_eq!((retained.len(), retained.bytes), (1, 5));
        assert!(retained.keep(b"c", value("12345")));
    }
}
