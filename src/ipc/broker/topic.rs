//! Topics, patterns and names: levels with dots between them. js/ipc/broker/topic.js says the same with better words.

/// Bytes.
pub const LONGEST: usize = 255;

const SEPARATOR: u8 = b'.';
const ONE: &[u8] = b"*";
const REST: &[u8] = b"#";

/// What stands in a header, in JSON and in a pattern as it is.
fn is_plain(byte: u8) -> bool {
    byte > b' ' && byte != 0x7f && !matches!(byte, b'"' | b'\\' | b':' | b'+' | b'!' | b'*' | b'#')
}

pub fn levels(topic: &[u8]) -> impl Iterator<Item = &[u8]> {
    topic.split(|byte| *byte == SEPARATOR)
}

fn is_valid(text: &[u8], level: impl Fn(&[u8], bool) -> bool) -> bool {
    let last = levels(text).count() - 1;
    text.len() <= LONGEST && levels(text).enumerate().all(|(at, part)| !part.is_empty() && level(part, at == last))
}

fn is_plain_level(level: &[u8]) -> bool {
    level.iter().all(|byte| is_plain(*byte))
}

pub fn is_topic(text: &[u8]) -> bool {
    is_valid(text, |level, _last| is_plain_level(level))
}

pub fn is_pattern(text: &[u8]) -> bool {
    is_valid(text, |level, last| level == ONE || (level == REST && last) || is_plain_level(level))
}

/// Those that begin with '$' are the broker's to give.
pub fn is_name(text: &[u8]) -> bool {
    is_topic(text) && text[0] != b'$'
}

pub fn is_one(level: &[u8]) -> bool {
    level == ONE
}

pub fn is_rest(level: &[u8]) -> bool {
    level == REST
}

pub fn matches(pattern: &[u8], topic: &[u8]) -> bool {
    let mut parts = levels(topic);
    for wanted in levels(pattern) {
        if is_rest(wanted) {
            return true;
        }
        match parts.next() {
            Some(part) if is_one(wanted) || part == wanted => {}
            _ => return false,
        }
    }
    parts.next().is_none()
}

/// What every topic begins with that this pattern matches.
pub fn literal_beginning(pattern: &[u8]) -> &[u8] {
    let length = pattern.iter().position(|byte| matches!(byte, b'*' | b'#')).unwrap_or(pattern.len());
    // The dot before a rest need not be there: "a.#" matches "a".
    pattern[..length].strip_suffix(b".").unwrap_or(&pattern[..length])
}
