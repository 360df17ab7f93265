//! The bytes of a frame that follow its line.

use super::batch::{append_json, Meta};
use super::fault::{excerpt, Fault};
use super::handles::Claimed;
use super::header::{Header, Segment};
use crate::ipc::slab::Received;
use crate::process::collect::Bytes;
use rustix::io::Errno;
use std::os::fd::OwnedFd;
use std::slice;

/// From here on they are read to where they stay; below, copying them is less than another call.
const DIRECT: usize = 64 * 1024;
/// Room for one read. What a peer has only announced takes no memory.
const STEP: usize = 1 << 20;

/// A frame with segments, all of it.
#[derive(Debug)]
pub struct WithSegments {
    pub meta: Meta,
    pub segments: Vec<Segment>,
    pub text: Vec<u8>,
    pub is_ascii: bool,
    /// The inline ones, one after the other.
    pub bytes: Bytes,
    pub handles: Vec<OwnedFd>,
    /// What is in slabs.
    pub pieces: Vec<Received>,
}

impl WithSegments {
    /// Whether what is inline is one text in Latin-1.
    pub fn has_only_text(&self) -> bool {
        let mut inline = self.segments.iter().filter(|segment| segment.kind != b's');
        inline.next().is_some_and(|segment| segment.kind == b'l') && inline.next().is_none()
    }
}

pub struct Body {
    frame: WithSegments,
    total: usize,
}

impl Body {
    pub fn new(header: Header, claimed: Claimed, line: &[u8]) -> Result<Self, Fault> {
        let mut text = Vec::with_capacity(header.json.len() + 4);
        let topic = header.topic.clone().map(|topic| &line[topic]);
        append_json(&mut text, topic, &line[header.json.clone()]);
        let is_ascii = text.is_ascii();
        if !is_ascii && std::str::from_utf8(&text).is_err() {
            return Err(Fault::garbage(format!("no UTF-8: {}", excerpt(&text))));
        }
        let meta = Meta::new(&header, &claimed);
        let total = header.inline();
        let frame = WithSegments {
            meta,
            segments: header.segments,
            text,
            is_ascii,
            bytes: Bytes::default(),
            handles: claimed.handles,
            pieces: Vec::new(),
        };
        Ok(Body { frame, total })
    }

    pub fn missing(&self) -> usize {
        self.total - self.frame.bytes.len()
    }

    pub fn total(&self) -> usize {
        self.total
    }

    /// Takes what belongs to it, and says how much that was.
    pub fn fill(&mut self, read: &[u8]) -> Result<usize, Fault> {
        let ours = self.missing().min(read.len());
        self.frame.bytes.extend(&read[..ours]).map_err(no_memory)?;
        Ok(ours)
    }

    /// Where the next bytes are best read to, if not elsewhere first. [`Body::filled`] must follow.
    pub fn space(&mut self) -> Result<Option<&mut [u8]>, Fault> {
        let missing = self.missing();
        if missing < DIRECT {
            return Ok(None);
        }
        let wanted = missing.min(STEP);
        let spare = self.frame.bytes.spare(wanted).map_err(no_memory)?;
        // SAFETY: room in a mapping, which is zero where nothing was written.
        Ok(Some(unsafe { slice::from_raw_parts_mut(spare.as_mut_ptr().cast(), wanted) }))
    }

    pub fn filled(&mut self, read: usize) {
        // SAFETY: read to what `space` gave, which is where bytes are missing.
        unsafe { self.frame.bytes.advance(read) };
    }

    /// Nothing is missing.
    pub fn finish(mut self) -> WithSegments {
        self.frame.bytes.shrink();
        self.frame
    }
}

fn no_memory(errno: Errno) -> Fault {
    Fault::too_large(format!("no memory for the segments of a frame: {errno}"))
}
