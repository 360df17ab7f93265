//! What is where in the memory of a ring. docs/protocol.md, "The ring", says it to everybody else.

use super::super::platform::memory::Memory;
use rustix::io::{Errno, Result};
use std::ptr;
use std::sync::atomic::AtomicU32;

/// The header; the bytes of end 0 follow it, and those of end 1 follow them.
pub const HEADER: usize = 4096;

const MAGIC: &[u8; 8] = b"PROCSRNG";
const VERSION: u32 = 1;
/// Of each direction, a power of two.
pub const SMALLEST: u32 = 4096;
pub const LARGEST: u32 = 16 << 20;

/// What one end says of itself, in 256 bytes. Its peer reads all of it, and writes `sleeping`.
#[repr(C, align(256))]
pub struct EndBlock {
    /// Bytes that it has written so far, modulo 2^32.
    pub tail: AtomicU32,
    /// Carriers of descriptors that it has sent on the socket so far, modulo 2^32.
    pub carriers: AtomicU32,
    _apart: [u32; 14],
    /// Bytes that it has read so far, modulo 2^32.
    pub head: AtomicU32,
    _from: [u32; 15],
    /// 1: it waits for its bell. Who rings it makes this 0 before.
    pub sleeping: AtomicU32,
    /// Where it runs, or where it last did. `u32::MAX`: not known yet.
    pub cpu: AtomicU32,
    /// 1: it has more to write than there was room for.
    pub wants_room: AtomicU32,
    /// 1: it has read its peer's last byte on the socket, and reads from the ring. Carriers may be sent to it.
    pub reads: AtomicU32,
    _each: [u32; 28],
}

#[repr(C, align(256))]
struct Header {
    magic: [u8; 8],
    version: u32,
    capacity: u32,
    _other: [u32; 60],
    ends: [EndBlock; 2],
}

pub const fn length(capacity: u32) -> usize {
    HEADER + 2 * capacity as usize
}

/// What a new file is to begin with. Everything else in it is 0.
pub fn beginning(capacity: u32) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(MAGIC);
    bytes[8..12].copy_from_slice(&VERSION.to_ne_bytes());
    bytes[12..].copy_from_slice(&capacity.to_ne_bytes());
    bytes
}

/// Each direction's capacity, from a file's length.
pub fn capacity(length: usize) -> Result<u32> {
    let capacity = u32::try_from(length.saturating_sub(HEADER) / 2).map_err(|_| Errno::PROTO)?;
    if capacity.is_power_of_two() && (SMALLEST..=LARGEST).contains(&capacity) && self::length(capacity) == length {
        Ok(capacity)
    } else {
        Err(Errno::PROTO)
    }
}

/// The mapping of a ring: the only place that knows where its parts are.
#[derive(Debug)]
pub struct Layout {
    memory: Memory,
    capacity: u32,
}

impl Layout {
    /// Of memory whose beginning says what it is.
    pub fn new(memory: Memory) -> Result<Self> {
        let capacity = capacity(memory.length())?;
        let mut found = [0; 16];
        // SAFETY: the header is within the mapping; bytes are copied out, whoever writes to them.
        unsafe { ptr::copy_nonoverlapping(memory.start().as_ptr(), found.as_mut_ptr(), found.len()) };
        if found == beginning(capacity) {
            Ok(Layout { memory, capacity })
        } else {
            Err(Errno::PROTO)
        }
    }

    pub fn capacity(&self) -> u32 {
        self.capacity
    }

    pub fn end(&self, end: usize) -> &EndBlock {
        let header = self.memory.start().cast::<Header>();
        // SAFETY: within the mapping, at the beginning of a page; all that is made of it is atomic, so anybody may write to it.
        let ends = unsafe { &*ptr::addr_of!((*header.as_ptr()).ends) };
        &ends[end]
    }

    /// Copies `bytes` to where the bytes of `end` go from `position` on, around the edge. There are `capacity` at most.
    pub fn copy_in(&self, end: usize, position: u32, bytes: &[u8]) {
        let (start, to_edge) = self.place(end, position, bytes.len());
        let (first, second) = bytes.split_at(to_edge.min(bytes.len()));
        // SAFETY: within the part of `end`. A peer that writes there as well spoils what it will read itself.
        unsafe {
            ptr::copy_nonoverlapping(first.as_ptr(), start, first.len());
            ptr::copy_nonoverlapping(second.as_ptr(), start.add(to_edge).sub(self.capacity as usize), second.len());
        }
    }

    /// Copies out from where the bytes of `end` are. There are `capacity` at most.
    pub fn copy_out(&self, end: usize, position: u32, bytes: &mut [u8]) {
        let (start, to_edge) = self.place(end, position, bytes.len());
        let (first, second) = bytes.split_at_mut(to_edge.min(bytes.len()));
        // SAFETY: within the part of `end`. A peer that writes meanwhile gives us a mixture, and nothing that was looked at before.
        unsafe {
            ptr::copy_nonoverlapping(start, first.as_mut_ptr(), first.len());
            ptr::copy_nonoverlapping(start.add(to_edge).sub(self.capacity as usize), second.as_mut_ptr(), second.len());
        }
    }

    /// Where a position is, and how many bytes follow up to the edge.
    fn place(&self, end: usize, position: u32, length: usize) -> (*mut u8, usize) {
        assert!(end < 2 && length <= self.capacity as usize);
        let offset = (position & (self.capacity - 1)) as usize;
        // SAFETY: within the mapping, which has two such parts behind the header.
        let start = unsafe { self.memory.start().as_ptr().add(HEADER + end * self.capacity as usize + offset) };
        (start, self.capacity as usize - offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::mem::{offset_of, size_of};

    #[test]
    fn everything_is_where_the_protocol_says() {
        assert_eq!(offset_of!(Header, version), 8);
        assert_eq!(offset_of!(Header, capacity), 12);
        assert_eq!(offset_of!(Header, ends), 256);
        assert_eq!(size_of::<EndBlock>(), 256);
        assert_eq!(offset_of!(EndBlock, tail), 0);
        assert_eq!(offset_of!(EndBlock, carriers), 4);
        assert_eq!(offset_of!(EndBlock, head), 64);
        assert_eq!(offset_of!(EndBlock, sleeping), 128);
        assert_eq!(offset_of!(EndBlock, cpu), 132);
        assert_eq!(offset_of!(EndBlock, wants_room), 136);
        assert_eq!(offset_of!(EndBlock, reads), 140);
        assert!(size_of::<Header>() <= HEADER);
    }

    #[test]
    fn only_a_length_that_a_ring_can_have_has_a_capacity() {
        assert_eq!(capacity(HEADER + 2 * 4096), Ok(4096));
        assert_eq!(capacity(length(LARGEST)), Ok(LARGEST));
        for length in
            [0, 1, HEADER, HEADER + 2, HEADER + 2 * 4096 + 1, HEADER + 2 * 2048, HEADER + 2 * 12288, length(LARGEST * 2), usize::MAX]
        {
            assert_eq!(capacity(length), Err(Errno::PROTO), "{length}");
        }
    }
}
