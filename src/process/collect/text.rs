//! UTF-8 to what V8 keeps: one byte a character where all of them fit, two otherwise. As `Buffer.toString()` decodes: U+FFFD for each
//! maximal part of a broken sequence (WHATWG), and a byte order mark stays.

use super::bytes::Bytes;
use rustix::io::{Errno, Result};

/// The longest string that V8 makes on 64-bit machines, in every version that Node 20 to 26 has.
pub const LONGEST: usize = 0x1fff_ffe8;

const REPLACEMENT: u16 = 0xfffd;

/// A decoded text.
#[derive(Debug)]
pub enum Text {
    /// A byte a character.
    Latin1(Bytes),
    /// Native-endian units.
    Utf16 {
        units: Bytes,
        /// Where it cannot be had back from the units.
        source: Option<Bytes>,
    },
    /// Longer than any string: left as it is.
    TooLong(Bytes),
}

/// Decodes UTF-8.
pub fn decode(mut bytes: Bytes) -> Result<Text> {
    let Measure { units, fits_latin1, is_broken } = measure(bytes.as_slice());
    if units > LONGEST {
        return Ok(Text::TooLong(bytes));
    }
    if fits_latin1 {
        if units < bytes.len() {
            narrow(bytes.as_mut_slice());
            bytes.truncate(units);
        }
        return Ok(Text::Latin1(bytes));
    }
    let units = widen(bytes.as_slice(), units)?;
    Ok(Text::Utf16 { units, source: is_broken.then_some(bytes) })
}

impl Text {
    /// The bytes that it was decoded from.
    pub fn into_source(self) -> Result<Bytes> {
        let mut source = Bytes::default();
        let mut encode = |character: char| source.extend(character.encode_utf8(&mut [0; 4]).as_bytes());
        match self {
            Text::TooLong(bytes) | Text::Utf16 { source: Some(bytes), .. } => return Ok(bytes),
            Text::Latin1(bytes) => bytes.as_slice().iter().try_for_each(|byte| encode(char::from(*byte)))?,
            Text::Utf16 { units, source: None } => {
                let units = units.as_slice().chunks_exact(2).map(|unit| u16::from_ne_bytes([unit[0], unit[1]]));
                // Nothing was broken, so nothing is replaced.
                char::decode_utf16(units).try_for_each(|character| encode(character.unwrap_or(char::REPLACEMENT_CHARACTER)))?;
            }
        }
        Ok(source)
    }
}

struct Measure {
    /// Of UTF-16.
    units: usize,
    fits_latin1: bool,
    is_broken: bool,
}

fn measure(bytes: &[u8]) -> Measure {
    let (mut units, mut latin1, mut broken) = (0, true, false);
    for chunk in bytes.utf8_chunks() {
        let valid = chunk.valid().as_bytes();
        // Leading bytes count once, those of four bytes twice. From 0xc4 on they lead beyond U+00FF.
        units += valid.iter().map(|byte| usize::from(*byte as i8 >= -0x40) + usize::from(*byte >= 0xf0)).sum::<usize>();
        latin1 &= valid.iter().all(|byte| *byte < 0xc4);
        if !chunk.invalid().is_empty() {
            units += 1;
            broken = true;
        }
    }
    Measure { units, fits_latin1: latin1 && !broken, is_broken: broken }
}

/// In place: valid UTF-8 of characters below U+0100, to a byte each.
fn narrow(bytes: &mut [u8]) {
    let (mut from, mut to) = (0, 0);
    while from < bytes.len() {
        let plain = bytes[from..].iter().position(|byte| !byte.is_ascii()).unwrap_or(bytes.len() - from);
        bytes.copy_within(from..from + plain, to);
        from += plain;
        to += plain;
        while from + 1 < bytes.len() && !bytes[from].is_ascii() {
            bytes[to] = bytes[from] << 6 | bytes[from + 1] & 0x3f;
            from += 2;
            to += 1;
        }
    }
}

fn widen(bytes: &[u8], units: usize) -> Result<Bytes> {
    let mut wide = Bytes::default();
    let size = units.checked_mul(2).ok_or(Errno::NOMEM)?;
    let mut to = wide.spare(size)?.as_mut_ptr().cast::<u16>();
    let mut put = |unit: u16| {
        // SAFETY: `measure` counted as many units as are put, and there is room for all of them; a mapping is aligned to pages.
        unsafe {
            to.write(unit);
            to = to.add(1);
        }
    };
    for chunk in bytes.utf8_chunks() {
        let mut rest = chunk.valid();
        while !rest.is_empty() {
            let plain = rest.bytes().position(|byte| !byte.is_ascii()).unwrap_or(rest.len());
            rest.bytes().take(plain).for_each(|byte| put(byte.into()));
            rest = &rest[plain..];
            let other = rest.bytes().position(|byte| byte.is_ascii()).unwrap_or(rest.len());
            rest[..other].encode_utf16().for_each(&mut put);
            rest = &rest[other..];
        }
        if !chunk.invalid().is_empty() {
            put(REPLACEMENT);
        }
    }
    // SAFETY: all of them were put.
    unsafe { wide.advance(size) };
    Ok(wide)
}

/// Without a character that a limit has cut: so much of it is whole.
pub fn whole_characters(bytes: &[u8]) -> usize {
    let start = bytes.len() - bytes.len().min(3);
    let Some(last) = bytes[start..].iter().rposition(|byte| *byte >= 0xc0) else { return bytes.len() };
    let lead = start + last;
    let length = match bytes[lead] {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return bytes.len(),
    };
    let is_cut = bytes.len() - lead < length && std::str::from_utf8(&bytes[lead..]).is_err_and(|error| error.error_len().is_none());
    if is_cut {
        lead
    } else {
        bytes.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(bytes: &[u8]) -> (bool, String) {
        let mut owned = Bytes::default();
        owned.extend(bytes).unwrap();
        match decode(owned).unwrap() {
            Text::Latin1(bytes) => (true, bytes.as_slice().iter().map(|byte| char::from(*byte)).collect()),
            Text::Utf16 { units, .. } => {
                let units = units.as_slice().chunks(2).map(|unit| u16::from_ne_bytes([unit[0], unit[1]]));
                (false, String::from_utf16(&units.collect::<Vec<_>>()).unwrap())
            }
            Text::TooLong(_) => panic!("too long"),
        }
    }

    #[test]
    fn what_fits_takes_a_byte_a_character() {
        assert_eq!(text_of("plain".as_bytes()), (true, "plain".into()));
        assert_eq!(text_of("é grüße ÿ\u{80}x".as_bytes()), (true, "é grüße ÿ\u{80}x".into()));
    }

    #[test]
    fn everything_else_takes_two() {
        for text in ["Ā", "plain, then 😀 and é", "\u{feff}mark", "漢字 and more"] {
            assert_eq!(text_of(text.as_bytes()), (false, text.into()));
        }
    }

    #[test]
    fn broken_sequences_are_replaced_part_by_part() {
        for bytes in [&b"a\xffb"[..], b"\xf0\x9f\x98", b"\xe2\x82x\xc3", b"\xed\xa0\x80", b"\xc0\xaf\xf5\x80"] {
            assert_eq!(text_of(bytes), (false, String::from_utf8_lossy(bytes).into_owned()));
        }
    }

    #[test]
    fn the_bytes_can_be_had_back() {
        for bytes in [&b"a\xffb"[..], "plain".as_bytes(), "é grüße ÿ".as_bytes(), "漢字 😀 \u{feff}".as_bytes(), b"\xf0\x9f\x98"] {
            let mut owned = Bytes::default();
            owned.extend(bytes).unwrap();
            assert_eq!(decode(owned).unwrap().into_source().unwrap().as_slice(), bytes);
        }
    }

    #[test]
    fn a_cut_character_is_left_out_and_a_broken_one_is_not() {
        for (bytes, whole) in [
            (&b"ab"[..], 2),
            (b"a\xc3\xa9", 3),
            (b"a\xc3", 1),
            (b"a\xf0\x9f\x98", 1),
            (b"a\xf0\x9f\x98\x80", 5),
            (b"a\xe2\x28", 3),
            (b"a\xff", 2),
            (b"\x80\x80\x80\x80", 4),
            (b"", 0),
        ] {
            assert_eq!(whole_characters(bytes), whole, "{bytes:?}");
        }
    }
}
