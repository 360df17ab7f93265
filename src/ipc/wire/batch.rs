//! Frames without segments that came with one read, in the form that JavaScript takes over with one call.

use super::fault::{excerpt, Fault};
use super::handles::Claimed;
use super::header::Header;
use super::limits::MAX_BATCH;
use std::ops::Range;
use std::os::fd::OwnedFd;

/// As `Meta` in js/native.d.ts has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meta {
    pub kind: u8,
    pub id: u32,
    pub flags: u32,
    pub handles: u32,
}

impl Meta {
    pub const PLAIN: Meta = Meta { kind: b'M', id: 0, flags: 0, handles: 0 };
    const TAGGED: u32 = 1;
    const TOPIC: u32 = 2;
    const LOST: u32 = 4;
    const EMPTY: u32 = 8;
    const SAME_TOPIC: u32 = 16;

    pub fn new(header: &Header, claimed: &Claimed) -> Meta {
        let flag = |flag, set| if set { flag } else { 0 };
        let flags = [
            flag(Self::TAGGED, header.tagged),
            flag(Self::TOPIC, header.topic.is_some()),
            flag(Self::LOST, claimed.lost),
            flag(Self::EMPTY, header.json.is_empty()),
        ]
        .iter()
        .sum();
        Meta { kind: header.kind, id: header.id, flags, handles: claimed.handles.len() as u32 }
    }
}

#[derive(Debug, Default)]
pub struct Batch {
    /// `[`, and the frames' JSON with `,\n` between. Nothing where there is none.
    text: Vec<u8>,
    count: u32,
    /// None as long as all are plain.
    metas: Vec<Meta>,
    pub handles: Vec<OwnedFd>,
    ascii: bool,
    /// The last topic, where it stands in the text.
    topic: Range<usize>,
}

/// Puts `json`, and the topic before it where there is one, at the end of `text`.
pub fn append_json(text: &mut Vec<u8>, topic: Option<&[u8]>, json: &[u8]) {
    let json = if json.is_empty() { b"null" } else { json };
    match topic {
        None => text.extend_from_slice(json),
        // A topic needs no escape, see `header`.
        Some(topic) => [b"[\"", topic, b"\",", json, b"]"].iter().for_each(|part| text.extend_from_slice(part)),
    }
}

impl Batch {
    /// Of one line, which stands behind a `[`.
    pub fn of_line(text: Vec<u8>) -> Self {
        Batch { text, count: 1, ..Batch::default() }
    }

    /// One that no peer has sent: the answer `E` to a request. `flags` beside what the header would say.
    pub fn of_error(id: u32, flags: u32, json: &[u8]) -> Self {
        let metas = vec![Meta { kind: b'E', id, flags, handles: 0 }];
        Batch { text: [b"[", json].concat(), count: 1, metas, ascii: json.is_ascii(), ..Batch::default() }
    }

    pub fn is_full(&self) -> bool {
        self.count as usize == MAX_BATCH
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub fn count(&self) -> u32 {
        self.count
    }

    /// Empty: all of them are [`Meta::PLAIN`].
    pub fn metas(&self) -> &[Meta] {
        &self.metas
    }

    pub fn is_ascii(&self) -> bool {
        self.ascii
    }

    /// One for each frame, to be changed.
    pub fn metas_mut(&mut self) -> &mut [Meta] {
        self.metas.resize(self.count as usize, Meta::PLAIN);
        &mut self.metas
    }

    /// The JSON of one of them; of those with a topic, an array of both.
    pub fn json(&self, index: usize) -> &[u8] {
        if self.count == 1 {
            return self.text();
        }
        // Nothing but a separator has an LF in it.
        let inner = &self.text[1..self.text.len() - 1];
        let mut ends = memchr::memchr_iter(b'\n', inner);
        let start = index.checked_sub(1).map_or(Some(0), |before| ends.nth(before).map(|end| end + 1)).unwrap_or(inner.len());
        let end = ends.next().map_or(inner.len(), |separator| separator - 1);
        &inner[start..end]
    }

    /// How much there is for JavaScript to take over.
    pub fn size(&self) -> usize {
        self.text.len()
    }

    /// Whether so many more can be handed over with it.
    pub fn has_room_for(&self, other: &Batch) -> bool {
        (self.count + other.count) as usize <= MAX_BATCH
    }

    /// Those of another one behind its own. Both are [finished](Batch::finish).
    pub fn append(&mut self, mut other: Batch) {
        self.metas_mut();
        self.metas.extend_from_slice(other.metas_mut());
        if self.count > 1 {
            self.text.pop();
        }
        self.text.extend_from_slice(b",\n");
        self.text.extend_from_slice(&other.text[1..]);
        if other.count == 1 {
            self.text.push(b']');
        }
        self.count += other.count;
        self.handles.append(&mut other.handles);
        self.ascii &= other.ascii;
    }

    /// The JSON itself if there is one, else `[j1,\nj2,…]`.
    pub fn text(&self) -> &[u8] {
        if self.count == 1 {
            &self.text[1..]
        } else {
            &self.text
        }
    }

    /// A message as it is. `room`: bytes that are likely to follow, so that one allocation does for all.
    #[inline]
    pub fn add_plain(&mut self, line: &[u8], room: usize) {
        self.separate(room);
        self.text.extend_from_slice(line);
        self.count += 1;
        if !self.metas.is_empty() {
            self.metas.push(Meta::PLAIN);
        }
    }

    pub fn add(&mut self, header: &Header, claimed: Claimed, topic: Option<&[u8]>, json: &[u8], room: usize) {
        self.separate(room);
        let mut meta = Meta::new(header, &claimed);
        // Many to one topic come together: it is told once.
        let known = topic.is_some_and(|topic| topic == &self.text[self.topic.clone()]);
        if known {
            meta.flags |= Meta::SAME_TOPIC;
        } else if let Some(topic) = topic {
            let start = self.text.len() + 2;
            self.topic = start..start + topic.len();
        }
        append_json(&mut self.text, topic.filter(|_| !known), json);
        if self.metas.is_empty() {
            self.metas.resize(self.count as usize, Meta::PLAIN);
        }
        self.metas.push(meta);
        self.handles.extend(claimed.handles);
        self.count += 1;
    }

    #[inline]
    fn separate(&mut self, room: usize) {
        if self.text.is_empty() {
            // The JSON of short frames is some 40 bytes long, and a separator takes one more byte than its LF did.
            self.text.reserve(room + room / 32 + 16);
            self.text.push(b'[');
        } else {
            self.text.extend_from_slice(b",\n");
        }
    }

    /// No frame follows. Those before one that is not UTF-8 are kept.
    pub fn finish(mut self) -> (Option<Batch>, Result<(), Fault>) {
        self.ascii = self.text.is_ascii();
        let mut result = Ok(());
        if !self.ascii {
            if let Err(error) = std::str::from_utf8(&self.text) {
                result = Err(Fault::garbage(format!("no UTF-8: {}", excerpt(&self.text[error.valid_up_to()..]))));
                self.cut(error.valid_up_to());
                self.ascii = self.text.is_ascii();
            }
        }
        if self.is_empty() {
            return (None, result);
        }
        if self.count > 1 {
            self.text.push(b']');
        }
        (Some(self), result)
    }

    /// Without the frame that `at` is in, and those behind it.
    fn cut(&mut self, at: usize) {
        // Nothing but a separator has an LF in it.
        let kept = memchr::memchr_iter(b'\n', &self.text[..at]).count();
        let end = memchr::memrchr(b'\n', &self.text[..at]).map_or(1, |separator| separator - 1);
        self.text.truncate(end);
        self.count = kept as u32;
        self.metas.truncate(kept);
        self.handles.truncate(self.metas.iter().map(|meta| meta.handles as usize).sum());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_handed_over_as_it_is_and_several_as_one_array() {
        let mut batch = Batch::default();
        batch.add_plain(b"1", 10);
        let (one, result) = batch.finish();
        assert_eq!((one.unwrap().text(), result), (&b"1"[..], Ok(())));
        let mut batch = Batch::of_line(b"[1".to_vec());
        batch.add_plain(b"{}", 10);
        let header = Header { kind: b'Q', id: 3, tagged: true, ..Header::default() };
        batch.add(&header, Claimed::default(), None, b"", 0);
        batch.add(&header, Claimed::default(), Some(b"a.b"), b"5", 0);
        batch.add_plain(b"2", 10);
        let (batch, _) = batch.finish();
        let batch = batch.unwrap();
        assert_eq!(batch.text(), b"[1,\n{},\nnull,\n[\"a.b\",5],\n2]");
        let kinds: Vec<_> = batch.metas().iter().map(|meta| meta.kind).collect();
        assert_eq!(kinds, b"MMQQM");
    }

    #[test]
    fn a_topic_is_told_once_until_another_comes() {
        let mut batch = Batch::default();
        let header = Header { kind: b'V', topic: Some(1..2), json: 0..1, ..Header::default() };
        for topic in [Some("a"), Some("a"), None, Some("a"), Some("aa"), Some("aa"), Some("a")] {
            batch.add(&Header { topic: topic.map(|_| 1..2), ..header.clone() }, Claimed::default(), topic.map(str::as_bytes), b"1", 0);
        }
        let batch = batch.finish().0.unwrap();
        assert_eq!(batch.text(), b"[[\"a\",1],\n1,\n1,\n1,\n[\"aa\",1],\n1,\n[\"a\",1]]");
        let flags: Vec<_> = batch.metas().iter().map(|meta| meta.flags).collect();
        assert_eq!(flags, [2, 18, 0, 18, 2, 18, 2]);
    }

    #[test]
    fn batches_of_several_channels_become_one() {
        let batch = |lines: &[&[u8]]| {
            let mut batch = Batch::default();
            lines.iter().for_each(|line| batch.add_plain(line, 4));
            batch.finish().0.unwrap()
        };
        for (first, second) in
            [(&[&b"1"[..]][..], &[&b"2"[..]][..]), (&[b"1"], &[b"2", b"3"]), (&[b"1", b"2"], &[b"3"]), (&[b"1", b"2"], &[b"3", b"4"])]
        {
            let mut both = batch(first);
            both.append(batch(second));
            let all: Vec<_> = first.iter().chain(second).map(|json| std::str::from_utf8(json).unwrap()).collect();
            assert_eq!(std::str::from_utf8(both.text()).unwrap(), format!("[{}]", all.join(",\n")));
            assert_eq!((both.count() as usize, both.metas().len()), (all.len(), all.len()));
            for (index, json) in all.iter().enumerate() {
                assert_eq!(both.json(index), json.as_bytes());
            }
        }
        assert_eq!(batch(&[b"17"]).json(0), b"17");
    }

    #[test]
    fn frames_before_one_that_is_no_utf_8_are_kept() {
        let mut batch = Batch::default();
        for line in [&b"\"\xc3\xa4\""[..], b"1", b"\"\xc3\"", b"2"] {
            batch.add_plain(line, 10);
        }
        let (kept, result) = batch.finish();
        assert_eq!(kept.unwrap().text(), "[\"ä\",\n1]".as_bytes());
        assert!(result.is_err());
        let mut batch = Batch::default();
        batch.add_plain(b"\"\xff\"", 10);
        let (kept, result) = batch.finish();
        assert!(kept.is_none() && result.is_err());
    }
}
