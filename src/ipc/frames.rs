//! Cutting a stream of bytes into messages. What a message says is JavaScript's business.

/// The two forms of Node's channel (`serialization: 'json' | 'advanced'`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// One JSON text a line.
    Lines,
    /// A big-endian u32 length, then that many bytes.
    LengthPrefixed,
}

const PREFIX: usize = 4;

/// Complete messages, in the order they came, in the form that JavaScript takes them over with one call.
#[derive(Debug, PartialEq, Eq)]
pub struct Batch {
    /// Lines: the line itself if there is one, else `[l1,\nl2,…]`. Frames: as they came, prefixes included.
    pub bytes: Vec<u8>,
    pub count: u32,
}

/// Keeps what is incomplete until the rest arrives.
#[derive(Debug)]
pub struct Splitter {
    framing: Framing,
    pending: Vec<u8>,
}

impl Splitter {
    pub fn new(framing: Framing) -> Self {
        Splitter { framing, pending: Vec::new() }
    }

    /// Whether part of a message is waiting for the rest.
    pub fn is_midway(&self) -> bool {
        !self.pending.is_empty()
    }

    /// Bytes held back.
    pub fn pending(&self) -> usize {
        self.pending.len()
    }

    /// Where in `read` a message would begin with `mark`, with which none can begin (neither UTF-8 nor a length does with 255).
    pub fn position_of(&self, mark: u8, read: &[u8]) -> Option<usize> {
        if self.framing == Framing::Lines {
            let position = read.iter().position(|&byte| byte == mark)?;
            let begins = if position == 0 { self.pending.is_empty() } else { read[position - 1] == b'\n' };
            return begins.then_some(position);
        }
        let before = self.pending.len();
        let byte = |at: usize| if at < before { self.pending.get(at) } else { read.get(at - before) }.copied();
        let mut at = 0;
        while byte(at)? != mark {
            let prefix = [byte(at)?, byte(at + 1)?, byte(at + 2)?, byte(at + 3)?];
            at = at.checked_add(PREFIX + u32::from_be_bytes(prefix) as usize)?;
        }
        at.checked_sub(before)
    }

    /// Takes what was read and returns the messages it completes.
    pub fn push(&mut self, read: &[u8]) -> Option<Batch> {
        match self.framing {
            Framing::Lines => self.push_lines(read),
            Framing::LengthPrefixed => self.push_frames(read),
        }
    }

    fn push_lines(&mut self, read: &[u8]) -> Option<Batch> {
        let Some(last) = read.iter().rposition(|&byte| byte == b'\n') else {
            self.pending.extend_from_slice(read);
            return None;
        };
        let (complete, rest) = (&read[..last], &read[last + 1..]);
        let inner = complete.iter().filter(|&&byte| byte == b'\n').count();
        let mut bytes = std::mem::take(&mut self.pending);
        if inner == 0 {
            bytes.extend_from_slice(complete);
        } else {
            bytes.reserve_exact(complete.len() + inner + 2);
            bytes.insert(0, b'[');
            for (number, line) in complete.split(|&byte| byte == b'\n').enumerate() {
                if number > 0 {
                    bytes.extend_from_slice(b",\n");
                }
                bytes.extend_from_slice(line);
            }
            bytes.push(b']');
        }
        self.pending.extend_from_slice(rest);
        Some(Batch { bytes, count: inner as u32 + 1 })
    }

    fn push_frames(&mut self, read: &[u8]) -> Option<Batch> {
        self.pending.extend_from_slice(read);
        let mut count = 0;
        let mut end = 0;
        while let Some(prefix) = self.pending[end..].first_chunk::<PREFIX>() {
            let next = end + PREFIX + u32::from_be_bytes(*prefix) as usize;
            if next > self.pending.len() {
                break;
            }
            end = next;
            count += 1;
        }
        if count == 0 {
            return None;
        }
        let rest = self.pending.split_off(end);
        Some(Batch { bytes: std::mem::replace(&mut self.pending, rest), count })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(bytes: &[u8], count: u32) -> Option<Batch> {
        Some(Batch { bytes: bytes.to_vec(), count })
    }

    #[test]
    fn one_line_is_handed_over_as_it_is() {
        let mut lines = Splitter::new(Framing::Lines);
        assert_eq!(lines.push(b"{\"a\":1}\n"), batch(b"{\"a\":1}", 1));
        assert!(!lines.is_midway());
    }

    #[test]
    fn several_lines_become_one_array() {
        let mut lines = Splitter::new(Framing::Lines);
        assert_eq!(lines.push(b"1\n\"two\"\n{"), batch(b"[1,\n\"two\"]", 2));
        assert!(lines.is_midway());
        assert_eq!(lines.push(b"}\n3\n"), batch(b"[{},\n3]", 2));
    }

    #[test]
    fn a_line_in_many_parts_is_put_together() {
        let mut lines = Splitter::new(Framing::Lines);
        for byte in b"[1,2" {
            assert_eq!(lines.push(&[*byte]), None);
        }
        assert_eq!(lines.push(b"]\n"), batch(b"[1,2]", 1));
    }

    #[test]
    fn every_cut_through_a_session_gives_the_same_frames() {
        let session = b"\0\0\0\x03abc\0\0\0\0\0\0\0\x01z";
        for cut in 0..=session.len() {
            let mut frames = Splitter::new(Framing::LengthPrefixed);
            let mut got = Vec::new();
            let mut count = 0;
            for part in [&session[..cut], &session[cut..]] {
                if let Some(batch) = frames.push(part) {
                    got.extend(batch.bytes);
                    count += batch.count;
                }
            }
            assert_eq!((got.as_slice(), count, frames.is_midway()), (&session[..], 3, false), "cut at {cut}");
        }
    }

    #[test]
    fn a_mark_is_found_where_a_message_would_begin_and_nowhere_else() {
        let mut lines = Splitter::new(Framing::Lines);
        assert_eq!(lines.position_of(255, b"12\n3\n\xff"), Some(5));
        assert_eq!(lines.position_of(255, b"\xff"), Some(0));
        assert_eq!(lines.position_of(255, b"12\xff"), None);
        lines.push(b"12");
        assert_eq!(lines.position_of(255, b"\xff"), None);
        assert_eq!(lines.position_of(255, b"\n\xff"), Some(1));

        let session = b"\0\0\0\x03\xff\xff\xff\0\0\0\0\xff";
        for cut in 0..session.len() {
            let mut frames = Splitter::new(Framing::LengthPrefixed);
            assert_eq!(frames.position_of(255, &session[..cut]), None, "cut at {cut}");
            frames.push(&session[..cut]);
            assert_eq!(frames.position_of(255, &session[cut..]), Some(11 - cut), "cut at {cut}");
        }
    }

    #[test]
    fn a_length_past_two_gigabytes_waits_for_its_bytes_and_takes_no_memory_beforehand() {
        let mut frames = Splitter::new(Framing::LengthPrefixed);
        assert_eq!(frames.push(b"\xff\xff\xff\xffxyz"), None);
        assert_eq!(frames.pending(), 7);
        assert!(frames.pending.capacity() < 1024);
    }
}
