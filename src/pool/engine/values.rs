//! Tasks that JavaScript hands in as one array of their values: it makes the text of all of them at once, which takes it less than one by one.

use super::submit::Submission;
use super::Engine;
use crate::ipc::wire::behind_string;
use crate::pool::bytes::Frame;
use crate::pool::task::TaskId;
use std::io::Write;
use std::time::Instant;

/// Numbers of a task: its id, and which of the marks it has.
const HEAD: usize = 2;

impl Engine {
    /// `json`: an array, of one value a task. `heads` may be longer. `marks`: `=name`, or nothing. How many of them, from the first on, were accepted.
    pub fn submit_values(&mut self, json: &[u8], heads: &[i32], marks: &[&[u8]], now: Instant) -> u32 {
        let names: Vec<_> = marks.iter().map(|mark| self.dispatcher.name(mark.strip_prefix(b"=").unwrap_or_default())).collect();
        let submission = Submission { options: &[], keys: &[] };
        let mut accepted = 0;
        for (value, head) in Items::of(json).zip(heads.chunks_exact(HEAD)) {
            let (Ok(id), Ok(mark)) = (TaskId::try_from(head[0]), usize::try_from(head[1])) else { break };
            let Some((mark, name)) = marks.get(mark).zip(names.get(mark)) else { break };
            if !self.submit_named(line(id, mark, value), id, *name, &submission, accepted as usize, now) {
                break;
            }
            accepted += 1;
        }
        self.advance(now);
        accepted
    }
}

/// `Q7=name:{"a":1}` and what ends it.
fn line(id: TaskId, mark: &[u8], value: &[u8]) -> Frame {
    // The longest id has ten digits.
    let mut line = Vec::with_capacity(value.len() + mark.len() + 13);
    // To memory nothing is refused.
    let _always = write!(line, "Q{id}");
    line.extend_from_slice(mark);
    line.push(b':');
    line.extend_from_slice(value);
    line.push(b'\n');
    Frame::line(line)
}

/// The texts of the items of an array, without looking into them any further than it takes to find their ends.
struct Items<'a>(&'a [u8]);

impl<'a> Items<'a> {
    fn of(array: &'a [u8]) -> Self {
        Items(array.strip_prefix(b"[").and_then(|rest| rest.strip_suffix(b"]")).unwrap_or_default())
    }
}

impl<'a> Iterator for Items<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        if self.0.is_empty() {
            return None;
        }
        let end = end_of_item(self.0);
        let (item, rest) = self.0.split_at(end);
        self.0 = rest.get(1..).unwrap_or_default();
        Some(item)
    }
}

fn end_of_item(text: &[u8]) -> usize {
    let (mut depth, mut at) = (0usize, 0);
    while let Some(byte) = text.get(at) {
        at += 1;
        match byte {
            b'"' => at = behind_string(text, at),
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => return at - 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_end_at_commas_that_are_theirs() {
        let items = |text: &'static str| Items::of(text.as_bytes()).map(|item| std::str::from_utf8(item).unwrap()).collect::<Vec<_>>();
        assert_eq!(items("[1]"), ["1"]);
        assert_eq!(
            items(r#"[{"a":1,"b":2},null,"x,\"y]",[1,[2,3]],{"\\":"}"},""]"#),
            [r#"{"a":1,"b":2}"#, "null", r#""x,\"y]""#, "[1,[2,3]]", r#"{"\\":"}"}"#, r#""""#]
        );
        assert_eq!(items("[]"), [""; 0]);
        // What cannot be makes no harm.
        for text in ["", "[", "]", "[\"", "[\"\\", "[\"\\]", "[}]", "[,]"] {
            assert!(items(text).len() <= 2, "{text}");
        }
    }

    #[test]
    fn a_line_is_what_a_worker_takes() {
        let frame = line(1_073_741_823, b"=add", b"{}");
        assert_eq!(frame.as_line(), Some(&b"Q1073741823=add:{}\n"[..]));
        assert_eq!(line(1, b"", b"\"x\"").as_line(), Some(&b"Q1:\"x\"\n"[..]));
    }
}
