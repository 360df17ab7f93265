//! Frames as they came with one read, made once and shared by all that they go to.

use std::ops::Range;
use std::sync::Arc;

/// Offsets in a chunk. A chunk is shorter than 4 GiB, since a frame is shorter than 2.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    pub kind: u8,
    pub tagged: bool,
    /// `!`: the value is to be kept.
    pub keep: bool,
    pub id: u32,
    /// The first byte of the form that goes to subscribers.
    pub start: u32,
    pub topic: (u32, u32),
    /// Behind the topic and its mark: segments' marks, colon, JSON, segments.
    pub tail: u32,
    pub json: (u32, u32),
    /// Behind the last byte.
    pub end: u32,
}

impl Frame {
    pub fn len(&self) -> usize {
        (self.end - self.start) as usize
    }
}

#[derive(Debug)]
pub struct Chunk {
    pub bytes: Vec<u8>,
    pub frames: Vec<Frame>,
    longest: usize,
}

impl Chunk {
    pub fn new(bytes: Vec<u8>, frames: Vec<Frame>) -> Arc<Self> {
        let longest = frames.iter().map(Frame::len).max().unwrap_or(0);
        Arc::new(Chunk { bytes, frames, longest })
    }

    /// Of its frames, in bytes.
    pub fn longest(&self) -> usize {
        self.longest
    }

    pub fn topic(&self, frame: &Frame) -> &[u8] {
        &self.bytes[frame.topic.0 as usize..frame.topic.1 as usize]
    }

    pub fn json(&self, frame: &Frame) -> &[u8] {
        &self.bytes[frame.json.0 as usize..frame.json.1 as usize]
    }

    /// Whether the second begins where the first ends.
    pub fn are_neighbours(&self, first: usize, second: usize) -> bool {
        self.frames[first].end == self.frames[second].start
    }

    /// The bytes of neighbours.
    pub fn span(&self, frames: Range<usize>) -> &[u8] {
        &self.bytes[self.frames[frames.start].start as usize..self.frames[frames.end - 1].end as usize]
    }

    /// Some of them, copied: what is kept for long must not hold on to the others. `pieces` are neighbours each.
    pub fn copy_of<'a>(pieces: impl Iterator<Item = (&'a Chunk, Range<usize>)>) -> Arc<Chunk> {
        let (mut bytes, mut frames) = (Vec::new(), Vec::new());
        for (chunk, range) in pieces {
            let (from, to) = (chunk.frames[range.start].start, bytes.len() as u32);
            let moved = |offset: u32| offset - from + to;
            frames.extend(chunk.frames[range.clone()].iter().map(|frame| Frame {
                start: moved(frame.start),
                topic: (moved(frame.topic.0), moved(frame.topic.1)),
                tail: moved(frame.tail),
                json: (moved(frame.json.0), moved(frame.json.1)),
                end: moved(frame.end),
                ..*frame
            }));
            bytes.extend_from_slice(chunk.span(range));
        }
        Chunk::new(bytes, frames)
    }
}
