//! The line of a frame that is more than a plain message: `kind [id] *mark ":" [json]`.

use super::fault::{excerpt, Fault};
use super::limits::{MAX_HANDLES, MAX_SEGMENTS, MAX_TOPIC};
use std::ops::Range;

/// What goes beside the JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// `b`, `l`, `u`, or `s` for what is in a slab.
    pub kind: u8,
    pub length: u32,
    /// Of `s`, as the mark says.
    pub slab: u32,
    pub offset: u32,
}

impl Segment {
    /// Bytes of it that follow the line.
    pub fn inline(&self) -> usize {
        if self.kind == b's' {
            0
        } else {
            self.length as usize
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    pub kind: u8,
    /// 0 for none.
    pub id: u32,
    pub tagged: bool,
    pub handles: u32,
    /// Where in the line.
    pub topic: Option<Range<usize>>,
    pub segments: Vec<Segment>,
    /// Where in the line. Empty where there is none.
    pub json: Range<usize>,
}

/// What begins like this: a frame with a header.
pub fn is_kind(byte: u8) -> bool {
    byte.is_ascii_uppercase()
}

/// What begins like this: a message as it is.
pub fn is_json(byte: u8) -> bool {
    matches!(byte, b'{' | b'[' | b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n')
}

/// As a number is written: no sign, no zeros before it.
struct Reader<'a> {
    line: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.line.get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let taken = self.peek() == Some(byte);
        self.at += usize::from(taken);
        taken
    }

    /// Up to int32, since that is how it goes on to JavaScript.
    fn number(&mut self) -> Option<u32> {
        let digits = self.line[self.at..].iter().take(11).take_while(|byte| byte.is_ascii_digit()).count();
        let text = &self.line[self.at..self.at + digits];
        if digits == 0 || digits > 10 || (digits > 1 && text[0] == b'0') {
            return None;
        }
        let number = text.iter().fold(0u64, |sum, digit| sum * 10 + u64::from(digit - b'0'));
        self.at += digits;
        u32::try_from(number).ok().filter(|number| *number <= i32::MAX as u32)
    }
}

impl Header {
    /// `line` begins with a kind, and is without its LF.
    pub fn parse(line: &[u8]) -> Result<Header, Fault> {
        let bad = |what: &str| Fault::garbage(format!("{what} in {}", excerpt(line)));
        let mut reader = Reader { line, at: 1 };
        let mut header = Header { kind: line[0], ..Header::default() };
        if reader.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            header.id = reader.number().filter(|id| *id > 0).ok_or_else(|| bad("no id that can be"))?;
        }
        header.tagged = reader.take(b'~');
        if reader.take(b'@') {
            let announced = reader.number().filter(|number| (1..=MAX_HANDLES).contains(number));
            header.handles = announced.ok_or_else(|| bad("no number of descriptors that can be"))?;
        }
        if reader.take(b'=') {
            let length = line[reader.at..].iter().take_while(|byte| is_topic(**byte)).count();
            let topic = reader.at..reader.at + length;
            if length == 0 || length > MAX_TOPIC || std::str::from_utf8(&line[topic.clone()]).is_err() {
                return Err(bad("no topic that can be"));
            }
            reader.at = topic.end;
            header.topic = Some(topic);
        }
        while reader.take(b'+') {
            if header.segments.len() == MAX_SEGMENTS {
                return Err(Fault::too_large(format!("a frame of more than {MAX_SEGMENTS} segments")));
            }
            header.segments.push(reader.segment().ok_or_else(|| bad("no segment that can be"))?);
        }
        if !reader.take(b':') {
            return Err(bad("no colon where one belongs"));
        }
        header.json = reader.at..line.len();
        Ok(header)
    }

    /// Bytes that follow the line.
    pub fn inline(&self) -> usize {
        // No more than 4096 numbers below 2^31.
        self.segments.iter().map(Segment::inline).sum()
    }
}

impl Reader<'_> {
    fn segment(&mut self) -> Option<Segment> {
        let length = self.number()?;
        let kind = self.peek()?;
        self.at += 1;
        match kind {
            b'b' | b'l' => Some(Segment { kind, length, slab: 0, offset: 0 }),
            // Whole units.
            b'u' if length % 2 == 0 => Some(Segment { kind, length, slab: 0, offset: 0 }),
            b's' => {
                let slab = self.number()?;
                let offset = if self.take(b'.') { self.number()? } else { return None };
                Some(Segment { kind, length, slab, offset })
            }
            _ => None,
        }
    }
}

/// What needs no escape in JSON and is no mark of its own.
fn is_topic(byte: u8) -> bool {
    byte > b' ' && byte != 0x7f && !matches!(byte, b'"' | b'\\' | b':' | b'+')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Header, Fault> {
        Header::parse(line.as_bytes())
    }

    #[test]
    fn all_marks_in_their_order() {
        let line = "Q12~@2=jobs.*.done+5b+6u+70000s3.17:{\"a\":1}";
        let header = parse(line).unwrap();
        assert_eq!((header.kind, header.id, header.tagged, header.handles), (b'Q', 12, true, 2));
        assert_eq!(&line[header.topic.clone().unwrap()], "jobs.*.done");
        assert_eq!(&line[header.json.clone()], "{\"a\":1}");
        assert_eq!(header.inline(), 11);
        assert_eq!(header.segments[2], Segment { kind: b's', length: 70_000, slab: 3, offset: 17 });
    }

    #[test]
    fn nothing_is_needed_but_the_kind_and_the_colon() {
        let header = parse("X:").unwrap();
        assert_eq!(header, Header { kind: b'X', json: 2..2, ..Header::default() });
        assert_eq!(parse("Q2147483647:1").unwrap().id, i32::MAX as u32);
    }

    #[test]
    fn what_is_not_in_the_grammar_is_refused() {
        let lines = [
            "Q",
            "Q1",
            "QQ:1",
            "Q0:1",
            "Q01:1",
            "Q2147483648:1",
            "Q11111111111:1",
            "Q-1:1",
            "Q 1:1",
            "Q1 :1",
            "Q1@:1",
            "Q1@0:1",
            "Q1@254:1",
            "Q1~~:1",
            "Q1@1~:1",
            "P=:1",
            "P=a b:1",
            "P=a\"b:1",
            "P=a+b:1",
            "Q1+:1",
            "Q1+b:1",
            "Q1+5:1",
            "Q1+5x:1",
            "Q1+5u:1",
            "Q1+5s:1",
            "Q1+5s1:1",
            "Q1+5s1.:1",
            "Q1+5b~:1",
            "Q1+99999999999b:1",
            "Q1+2147483648b:1",
            "M{}",
            "M;{}",
        ];
        for line in lines {
            assert!(parse(line).is_err(), "{line}");
        }
        assert!(Header::parse(b"P=\xff:1").is_err());
    }

    #[test]
    fn segments_have_a_bound() {
        let most = format!("M{}:", "+1b".repeat(MAX_SEGMENTS));
        assert_eq!(parse(&most).unwrap().segments.len(), MAX_SEGMENTS);
        let more = format!("M{}:", "+1b".repeat(MAX_SEGMENTS + 1));
        assert_eq!(parse(&more).unwrap_err().code.name(), "ERR_PROCS_IPC_TOO_LARGE");
    }
}
