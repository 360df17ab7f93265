//! The order in which the bytes of partners came.

use super::bytes::Bytes;
use super::text::whole_characters;
use rustix::io::Result;
use std::sync::{Arc, Mutex, PoisonError};

/// So many bytes of one of the streams, behind all that came before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    pub stream: u32,
    pub length: usize,
}

/// Shared by the streams whose order is kept.
#[derive(Clone, Debug, Default)]
pub struct Arrival(Arc<Mutex<Vec<Part>>>);

impl Arrival {
    pub fn note(&self, stream: u32, length: usize) {
        let mut parts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match parts.last_mut() {
            Some(last) if last.stream == stream => last.length += length,
            _ if length == 0 => {}
            _ => parts.push(Part { stream, length }),
        }
    }

    pub fn parts(&self) -> Vec<Part> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Puts streams together in the order in which they came. With `whole` a character into which the bytes of another stream came is put
/// together where its end is.
pub fn interleave(parts: &[Part], streams: &[(u32, &[u8])], whole: bool) -> Result<Bytes> {
    let mut all = Bytes::default();
    let mut places: Vec<(usize, usize)> = vec![(0, 0); streams.len()];
    for part in parts {
        let Some(index) = streams.iter().position(|(stream, _)| *stream == part.stream) else { continue };
        let bytes = streams[index].1;
        let (put, come) = &mut places[index];
        *come = bytes.len().min(*come + part.length);
        let end = if whole { *put + whole_characters(&bytes[*put..*come]) } else { *come };
        all.extend(&bytes[*put..end])?;
        *put = end;
    }
    for ((_, bytes), (put, _)) in streams.iter().zip(places) {
        all.extend(&bytes[put..])?;
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_come_in_the_order_in_which_they_were_noted() {
        let arrival = Arrival::default();
        for (stream, length) in [(1, 2), (2, 1), (2, 1), (1, 0), (1, 1)] {
            arrival.note(stream, length);
        }
        let parts = arrival.parts();
        assert_eq!(parts.len(), 3);
        let all = interleave(&parts, &[(1, b"abc"), (2, b"XY")], false).unwrap();
        assert_eq!(all.as_slice(), b"abXYc");
    }

    #[test]
    fn a_character_is_not_torn_apart_by_the_other_stream() {
        let arrival = Arrival::default();
        for (stream, length) in [(1, 2), (2, 1), (1, 1)] {
            arrival.note(stream, length);
        }
        let streams: [(u32, &[u8]); 2] = [(1, "aé".as_bytes()), (2, b"X")];
        assert_eq!(interleave(&arrival.parts(), &streams, true).unwrap().as_slice(), "aXé".as_bytes());
        assert_eq!(interleave(&arrival.parts(), &streams, false).unwrap().as_slice(), b"a\xc3X\xa9");
    }
}
