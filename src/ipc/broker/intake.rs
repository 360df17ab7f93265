//! From bytes that came in to frames that can be passed on. What is refused here can hurt no subscriber.

use super::chunk::{Chunk, Frame};
use crate::ipc::wire::{depth::is_too_deep, fault::excerpt, header, Fault, Header};
use memchr::memchr;
use serde_json::value::RawValue;
use std::mem;
use std::sync::Arc;

/// Of one client: what is incomplete waits for the rest.
#[derive(Debug)]
pub struct Intake {
    pending: Vec<u8>,
    /// There is no end of a line before.
    searched: usize,
    /// How long the frame is that has begun, where its line is here.
    needed: usize,
    max_frame: usize,
}

/// Whole frames, and what came behind them if that is none. Offsets are in the bytes that were looked at.
struct Split {
    frames: Vec<Frame>,
    /// Where what is incomplete begins.
    complete: usize,
    fault: Option<Fault>,
}

impl Intake {
    pub fn new(max_frame: usize) -> Self {
        Intake { pending: Vec::new(), searched: 0, needed: 0, max_frame }
    }

    /// Where to read the rest of a long frame to, so that it is not copied.
    pub fn room(&mut self, at_least: usize) -> Option<&mut Vec<u8>> {
        let missing = self.needed.saturating_sub(self.pending.len());
        // Where memory is short it comes piece by piece, and [`Intake::push`] says so if even that fails.
        let long = missing > at_least && self.pending.try_reserve_exact(missing).is_ok();
        long.then_some(&mut self.pending)
    }

    /// What was read to [`Intake::room`] counts too.
    pub fn push(&mut self, read: &mut [u8]) -> (Option<Arc<Chunk>>, Option<Fault>) {
        if self.pending.is_empty() {
            let split = self.split(read);
            self.pending.extend_from_slice(&read[split.complete..]);
            let chunk = (!split.frames.is_empty()).then(|| Chunk::new(read[..split.complete].to_vec(), split.frames));
            return (chunk, split.fault);
        }
        if self.pending.try_reserve(read.len()).is_err() {
            return (None, Some(Fault::too_large("there is no memory for so long a frame")));
        }
        self.pending.extend_from_slice(read);
        if self.pending.len() < self.needed {
            return (None, None);
        }
        let mut pending = mem::take(&mut self.pending);
        let split = self.split(&mut pending);
        if split.complete == 0 {
            self.pending = pending;
            return (None, split.fault);
        }
        self.pending = pending.split_off(split.complete);
        if pending.capacity() > 2 * pending.len() {
            pending.shrink_to_fit();
        }
        let chunk = (!split.frames.is_empty()).then(|| Chunk::new(pending, split.frames));
        (chunk, split.fault)
    }

    fn split(&mut self, bytes: &mut [u8]) -> Split {
        let mut split = Split { frames: Vec::new(), complete: 0, fault: None };
        let mut searched = mem::take(&mut self.searched);
        self.needed = 0;
        while let Some(first) = bytes.get(split.complete) {
            let start = split.complete;
            if *first == b'\n' {
                split.complete += 1;
                continue;
            }
            let from = start.max(searched);
            searched = 0;
            let Some(found) = memchr(b'\n', &bytes[from..]) else {
                if bytes.len() - start > self.max_frame {
                    split.fault = Some(self.too_large());
                }
                self.searched = bytes.len() - start;
                break;
            };
            match self.frame(bytes, start, from + found) {
                Ok(Some(frame)) => {
                    split.complete = frame.end as usize;
                    split.frames.push(frame);
                }
                Ok(None) => {
                    self.searched = from + found - start;
                    break;
                }
                Err(fault) => {
                    split.fault = Some(fault);
                    break;
                }
            }
        }
        split
    }

    /// None while its segments are not all here.
    fn frame(&mut self, bytes: &mut [u8], start: usize, line_end: usize) -> Result<Option<Frame>, Fault> {
        let line = &bytes[start..line_end];
        if !header::is_kind(line[0]) {
            return Err(if header::is_json(line[0]) {
                Fault::protocol("a message to nobody: a broker takes them for topics and names")
            } else {
                Fault::garbage(format!("neither JSON nor a frame: {}", excerpt(line)))
            });
        }
        if line.len() >= self.max_frame {
            return Err(self.too_large());
        }
        let header = Header::parse(line)?;
        if header.handles > 0 || header.segments.iter().any(|segment| segment.kind == b's') {
            return Err(Fault::protocol("descriptors and shared memory do not go through a broker"));
        }
        let end = line_end + 1 + header.inline();
        if end - start > self.max_frame {
            return Err(self.too_large());
        }
        if end > bytes.len() {
            self.needed = end - start;
            return Ok(None);
        }
        check(&line[header.json.clone()])?;
        Ok(Some(place(bytes, start, end, &header)))
    }

    fn too_large(&self) -> Fault {
        Fault::too_large(format!("a frame of more than {} bytes", self.max_frame))
    }
}

/// Subscribers hang up on who sends them what is no JSON: on the broker, if it passed that on.
fn check(json: &[u8]) -> Result<(), Fault> {
    if json.is_empty() {
        return Ok(());
    }
    if is_too_deep(json) {
        return Err(Fault::garbage("JSON nested deeper than 1000 levels"));
    }
    match serde_json::from_slice::<&RawValue>(json) {
        Ok(_) => Ok(()),
        Err(error) => Err(Fault::garbage(format!("no JSON ({error}): {}", excerpt(json)))),
    }
}

/// A `P` becomes the `V` that its subscribers get, in place: without the id, which is between the broker and the publisher, and without the '!'.
fn place(bytes: &mut [u8], start: usize, end: usize, header: &Header) -> Frame {
    let digits = bytes[start + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let marks = start + 1 + digits;
    let no_topic = marks + usize::from(header.tagged);
    let mut topic = header.topic.clone().map_or(no_topic..no_topic, |topic| start + topic.start..start + topic.end);
    let tail = topic.end;
    let keep = !topic.is_empty() && bytes[topic.end - 1] == b'!';
    if keep {
        topic.end -= 1;
    }
    let mut first = start;
    if header.kind == b'P' {
        first = marks - 1;
        if keep {
            bytes.copy_within(marks..topic.end, marks + 1);
            (first, topic) = (marks, topic.start + 1..topic.end + 1);
        }
        bytes[first] = b'V';
    }
    Frame {
        kind: header.kind,
        tagged: header.tagged,
        keep,
        id: header.id,
        start: first as u32,
        topic: (topic.start as u32, topic.end as u32),
        tail: tail as u32,
        json: ((start + header.json.start) as u32, (start + header.json.end) as u32),
        end: end as u32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn push(intake: &mut Intake, text: &str) -> (Vec<String>, Option<String>) {
        let (chunk, fault) = intake.push(&mut text.as_bytes().to_vec());
        let frames = chunk.iter().flat_map(|chunk| {
            let text = |frame: &Frame| String::from_utf8(chunk.bytes[frame.start as usize..frame.end as usize].to_vec()).unwrap();
            chunk.frames.iter().map(text)
        });
        (frames.collect(), fault.map(|fault| fault.code.name().to_owned()))
    }

    fn all(text: &str) -> (Vec<String>, Option<String>) {
        push(&mut Intake::new(1000), text)
    }

    #[test]
    fn publications_become_deliveries_in_place() {
        let (frames, fault) = all("P=a:1\nP17=a:2\nP~=a!:{}\n\nP2147483647~=b.c!+3b+2l:\"x\"\n+\n-xyG7=n:5\nB3=a.*:\n");
        assert_eq!(fault, None);
        assert_eq!(frames, ["V=a:1\n", "V=a:2\n", "V~=a:{}\n", "V~=b.c+3b+2l:\"x\"\n+\n-xy", "G7=n:5\n", "B3=a.*:\n"]);
    }

    #[test]
    fn a_session_in_pieces_is_the_same_session() {
        let session = "H:{}\nP9~=a.b!+4b:[1]\n\n\n\n\nP=c:\"ä\"\nG=x:0\n";
        let whole = all(session);
        assert_eq!(whole.0.len(), 4);
        for size in 1..session.len() {
            let mut intake = Intake::new(1000);
            let mut frames = Vec::new();
            for piece in session.as_bytes().chunks(size) {
                let (chunk, fault) = intake.push(&mut piece.to_vec());
                assert_eq!(fault, None);
                frames.extend(chunk.iter().flat_map(|chunk| {
                    let bytes = |frame: &Frame| chunk.bytes[frame.start as usize..frame.end as usize].to_vec();
                    chunk.frames.iter().map(bytes).map(|bytes| String::from_utf8(bytes).unwrap())
                }));
            }
            assert_eq!(frames, whole.0, "{size}");
        }
    }

    #[test]
    fn what_comes_before_garbage_is_still_good() {
        let cases = [
            ("!x\n", "ERR_PROCS_IPC_GARBAGE"),
            ("P=a:{\"x\":}\n", "ERR_PROCS_IPC_GARBAGE"),
            ("P=a:1 2\n", "ERR_PROCS_IPC_GARBAGE"),
            ("P=a:\"\u{1}\"\n", "ERR_PROCS_IPC_GARBAGE"),
            ("P=a b:1\n", "ERR_PROCS_IPC_GARBAGE"),
            ("{\"hello\":1}\n", "ERR_PROCS_IPC_PROTOCOL"),
            ("P@1=a:1\n", "ERR_PROCS_IPC_PROTOCOL"),
            ("P=a+5s1.0:1\n", "ERR_PROCS_IPC_PROTOCOL"),
            ("P=a+1001b:1\n", "ERR_PROCS_IPC_TOO_LARGE"),
            (&format!("P=a:\"{}\n", "x".repeat(1000)), "ERR_PROCS_IPC_TOO_LARGE"),
            (&"P".repeat(1001), "ERR_PROCS_IPC_TOO_LARGE"),
        ];
        for (bad, code) in cases {
            assert_eq!(all(&format!("P=a:1\n{bad}P=a:2\n")), (vec!["V=a:1\n".to_owned()], Some(code.to_owned())), "{bad}");
        }
        let deep = format!("P=a:{}{}\n", "[".repeat(1001), "]".repeat(1001));
        assert_eq!(push(&mut Intake::new(10_000), &deep).1.as_deref(), Some("ERR_PROCS_IPC_GARBAGE"));
        let (chunk, fault) = Intake::new(1000).push(&mut b"P=a:\"\xff\"\n".to_vec());
        assert!(chunk.is_none() && fault.is_some());
    }

    #[test]
    fn a_long_frame_is_read_to_where_it_stays() {
        let mut intake = Intake::new(1 << 20);
        assert!(intake.room(10).is_none());
        assert_eq!(push(&mut intake, "P=a+1000b:1\nxx"), (vec![], None));
        let room = intake.room(10).unwrap();
        let address = room.as_ptr();
        room.extend_from_slice(&[b'x'; 998]);
        let (chunk, fault) = intake.push(&mut []);
        let chunk = chunk.unwrap();
        assert!(fault.is_none() && chunk.bytes.as_ptr() == address && chunk.frames[0].len() == 1012);
    }
}
