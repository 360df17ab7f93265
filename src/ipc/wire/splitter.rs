//! Cutting what comes in into frames.

use super::batch::Batch;
use super::body::{Body, WithSegments};
use super::depth::is_too_deep;
use super::fault::{excerpt, Fault};
use super::handles::{Claimed, Handles};
use super::header::{is_json, is_kind, Header};
use super::hello::Hello;
use super::kinds::{self, Destination};
use super::limits::{LONGEST_LINE, MAX_DEPTH, MAX_HELLO};
use memchr::memchr_iter;
use std::collections::VecDeque;
use std::mem;
use std::os::fd::OwnedFd;

/// What came, in order.
#[derive(Debug)]
pub enum Arrival {
    Hello {
        hello: Hello,
        json: Vec<u8>,
    },
    Frames(Batch),
    WithSegments(Box<WithSegments>),
    /// Not JavaScript's business.
    Native(NativeFrame),
}

#[derive(Debug)]
pub struct NativeFrame {
    pub kind: u8,
    pub id: u32,
    pub json: Vec<u8>,
    pub claimed: Claimed,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The peer has not said hello.
    Greeting,
    Talking,
    /// It has said goodbye.
    Parting,
}

pub struct Splitter {
    max_frame: usize,
    stage: Stage,
    /// Of a frame that is not complete: `[` and its line as far as it is here, or what follows its line. See [`Batch::of_line`].
    line: Vec<u8>,
    body: Option<Body>,
    /// Bytes that came so far, and how many of them before the frame that is being read.
    received: u64,
    frame_start: u64,
    handles: Handles,
}

impl Splitter {
    pub fn new(max_frame: usize) -> Self {
        Splitter {
            max_frame: max_frame.min(LONGEST_LINE),
            stage: Stage::Greeting,
            line: Vec::new(),
            body: None,
            received: 0,
            frame_start: 0,
            handles: Handles::default(),
        }
    }

    /// What is here of a frame and waits for the rest.
    pub fn unfinished(&self) -> Option<String> {
        match &self.body {
            Some(body) => Some(format!("{} of the {} bytes that follow its line are missing", body.missing(), body.total())),
            None if self.line.is_empty() => None,
            None => Some(format!("its line ends after {}", excerpt(&self.line[1..]))),
        }
    }

    /// Descriptors that come with the next `bytes` bytes. Before those are pushed.
    pub fn handles(&mut self, bytes: usize, handles: VecDeque<OwnedFd>, lost: bool) -> Result<(), Fault> {
        self.handles.arrived(self.received + bytes as u64, handles, lost)
    }

    /// Where the next bytes are best read to, if not elsewhere first. [`Splitter::filled`] takes the place of [`Splitter::push`] then.
    pub fn space(&mut self) -> Result<Option<&mut [u8]>, Fault> {
        self.body.as_mut().map_or(Ok(None), Body::space)
    }

    pub fn filled(&mut self, read: usize, out: &mut Vec<Arrival>) {
        self.received += read as u64;
        if let Some(body) = &mut self.body {
            body.filled(read);
        }
        self.finish_body(out);
    }

    /// Takes what was read. After a fault nothing more may come.
    pub fn push(&mut self, read: &[u8], out: &mut Vec<Arrival>) -> Result<(), Fault> {
        let mut batch = Batch::default();
        let result = self.cut(read, &mut batch, out);
        // What came before a fault is told of.
        hand_over(batch, out).and(result)
    }

    fn cut(&mut self, mut read: &[u8], batch: &mut Batch, out: &mut Vec<Arrival>) -> Result<(), Fault> {
        while !read.is_empty() {
            let taken = match &mut self.body {
                Some(body) => body.fill(read)?,
                None => self.lines(read, batch, out)?,
            };
            self.received += taken as u64;
            read = &read[taken..];
            self.finish_body(out);
        }
        if self.line.is_empty() && self.body.is_none() {
            self.frame_start = self.received;
        }
        if !self.handles.is_empty() {
            self.handles.pass(self.frame_start);
        }
        Ok(())
    }

    fn finish_body(&mut self, out: &mut Vec<Arrival>) {
        if let Some(body) = self.body.take_if(|body| body.missing() == 0) {
            self.frame_start = self.received;
            out.push(Arrival::WithSegments(Box::new(body.finish())));
        }
    }

    /// Takes whole lines up to one that bytes follow, and what is there of the last.
    fn lines(&mut self, read: &[u8], batch: &mut Batch, out: &mut Vec<Arrival>) -> Result<usize, Fault> {
        let mut start = 0;
        for end in memchr_iter(b'\n', read) {
            let line = &read[start..end];
            if !self.line.is_empty() {
                self.continued_line(line, batch, out)?;
            } else {
                self.frame_start = self.received + start as u64;
                if self.is_plain(line) {
                    if batch.is_full() {
                        hand_over(mem::take(batch), out)?;
                    }
                    batch.add_plain(line, read.len() - start);
                } else {
                    self.other_line(line, batch, out, read.len() - start)?;
                }
            }
            start = end + 1;
            if self.body.is_some() {
                return Ok(start);
            }
        }
        self.begin_line(&read[start..], self.received + start as u64)?;
        Ok(read.len())
    }

    /// What there is of the last line.
    fn begin_line(&mut self, part: &[u8], at: u64) -> Result<(), Fault> {
        if part.is_empty() {
            return Ok(());
        }
        if self.line.is_empty() {
            self.frame_start = at;
            self.check_first(part[0])?;
            self.line.push(b'[');
        }
        self.line.extend_from_slice(part);
        self.check_length(self.line.len() - 1)
    }

    /// The rest of the line whose beginning is here.
    fn continued_line(&mut self, rest: &[u8], batch: &mut Batch, out: &mut Vec<Arrival>) -> Result<(), Fault> {
        let mut text = mem::take(&mut self.line);
        text.extend_from_slice(rest);
        if batch.is_empty() && self.is_plain(&text[1..]) {
            // However long it is, it stays where it is.
            *batch = Batch::of_line(text);
            return Ok(());
        }
        self.other_line(&text[1..], batch, out, 0)
    }

    /// A message as it is, with nothing to object to.
    #[inline]
    fn is_plain(&self, line: &[u8]) -> bool {
        let short = line.len() <= 2 * MAX_DEPTH;
        let begins = self.stage == Stage::Talking && line.first().is_some_and(|byte| is_json(*byte));
        begins && line.len() <= self.max_frame && (short || !is_too_deep(line))
    }

    fn other_line(&mut self, line: &[u8], batch: &mut Batch, out: &mut Vec<Arrival>, room: usize) -> Result<(), Fault> {
        let Some(&first) = line.first() else { return Ok(()) };
        self.check_first(first)?;
        self.check_length(line.len())?;
        if !is_kind(first) {
            return check_depth(line);
        }
        let header = Header::parse(line)?;
        let json = &line[header.json.clone()];
        check_depth(json)?;
        self.check_length((line.len() + 1).saturating_add(header.inline()))?;
        let destination = kinds::check(&header)?;
        if self.stage == Stage::Greeting {
            let hello = Hello::parse(json)?;
            if let Err(error) = std::str::from_utf8(json) {
                return Err(Fault::garbage(format!("the hello is no UTF-8: {error}")));
            }
            self.stage = Stage::Talking;
            out.push(Arrival::Hello { hello, json: json.to_vec() });
            return Ok(());
        }
        let claimed = if header.handles > 0 { self.handles.claim(self.frame_start, header.handles) } else { Claimed::default() };
        match destination {
            Destination::Hello => return Err(Fault::protocol("a second hello")),
            Destination::Native => {
                hand_over(mem::take(batch), out)?;
                out.push(Arrival::Native(NativeFrame { kind: header.kind, id: header.id, json: json.to_vec(), claimed }));
            }
            Destination::JavaScript if !header.segments.is_empty() => {
                hand_over(mem::take(batch), out)?;
                self.body = Some(Body::new(header, claimed, line)?);
            }
            Destination::JavaScript => {
                if batch.is_full() {
                    hand_over(mem::take(batch), out)?;
                }
                batch.add(&header, claimed, header.topic.clone().map(|topic| &line[topic]), json, room);
            }
            Destination::Goodbye => {
                self.stage = Stage::Parting;
                batch.add(&header, claimed, None, json, room);
            }
        }
        Ok(())
    }

    /// Whether a frame may begin like this, at this time.
    fn check_first(&self, byte: u8) -> Result<(), Fault> {
        match self.stage {
            Stage::Greeting if byte != b'H' => {
                Err(Fault::version(format!("the first frame is no hello: it begins with {}", excerpt(&[byte]))))
            }
            Stage::Parting => Err(Fault::protocol("a frame after the goodbye")),
            _ if is_kind(byte) || is_json(byte) => Ok(()),
            _ => Err(Fault::garbage(format!("no frame begins with {}", excerpt(&[byte])))),
        }
    }

    fn check_length(&self, length: usize) -> Result<(), Fault> {
        let bound = if self.stage == Stage::Greeting { self.max_frame.min(MAX_HELLO) } else { self.max_frame };
        if length > bound {
            return Err(Fault::too_large(format!("a frame of {length} bytes or more, where {bound} are allowed")));
        }
        Ok(())
    }
}

fn check_depth(json: &[u8]) -> Result<(), Fault> {
    if is_too_deep(json) {
        return Err(Fault::garbage(format!("JSON nested deeper than {MAX_DEPTH} levels: {}", excerpt(json))));
    }
    Ok(())
}

fn hand_over(batch: Batch, out: &mut Vec<Arrival>) -> Result<(), Fault> {
    if batch.is_empty() {
        return Ok(());
    }
    let (batch, result) = batch.finish();
    out.extend(batch.map(Arrival::Frames));
    result
}
