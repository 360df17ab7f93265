//! How deep JSON is nested.

use super::limits::MAX_DEPTH;
use memchr::memchr2;

/// Whether it goes deeper than a receiver takes. What is no JSON may get either answer.
pub fn is_too_deep(json: &[u8]) -> bool {
    // What is to be nested so deep has to be closed as often.
    if json.len() <= 2 * MAX_DEPTH {
        return false;
    }
    // Nearly always this settles it, at the speed of memory.
    opening(json) > MAX_DEPTH && depth(json) > MAX_DEPTH
}

/// In pieces that a byte can count, which the compiler turns into vectors.
fn opening(json: &[u8]) -> usize {
    // '[' and '{' differ in this bit.
    let count = |piece: &[u8]| piece.iter().fold(0u8, |sum, byte| sum + u8::from(byte | 0x20 == b'{'));
    json.chunks(128).map(|piece| usize::from(count(piece))).sum()
}

fn depth(json: &[u8]) -> usize {
    let (mut depth, mut deepest, mut at) = (0usize, 0, 0);
    while let Some(byte) = json.get(at) {
        at += 1;
        match byte {
            b'[' | b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'"' => at = behind_string(json, at),
            _ => {}
        }
    }
    deepest
}

/// Where it goes on behind a string. `at`: behind its opening quote.
pub fn behind_string(json: &[u8], mut at: usize) -> usize {
    while let Some(found) = memchr2(b'"', b'\\', json.get(at..).unwrap_or_default()) {
        if json[at + found] == b'"' {
            return at + found + 1;
        }
        at += found + 2;
    }
    json.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nested(levels: usize) -> Vec<u8> {
        [vec![b'['; levels], vec![b']'; levels]].concat()
    }

    #[test]
    fn the_bound_itself_is_allowed() {
        assert!(!is_too_deep(&nested(MAX_DEPTH)));
        assert!(is_too_deep(&nested(MAX_DEPTH + 1)));
        assert!(is_too_deep(&nested(100_000)));
    }

    #[test]
    fn what_stands_side_by_side_or_in_strings_is_not_deep() {
        assert!(!is_too_deep(format!("[{}{{}}]", "[],".repeat(5000)).as_bytes()));
        assert!(!is_too_deep(format!("\"{}\"", "[".repeat(5000)).as_bytes()));
        assert!(!is_too_deep(format!("[\"\\\"{}\\\\\"]", "[".repeat(5000)).as_bytes()));
        // Behind the string it counts again.
        assert!(is_too_deep(format!("[\"\\\\\",{}]", "[".repeat(5000)).as_bytes()));
    }

    #[test]
    fn a_string_that_never_ends_is_passed_over() {
        assert!(!is_too_deep(format!("\"\\{}", "[".repeat(5000)).as_bytes()));
        assert!(!is_too_deep(format!("{}\"\\", "[]".repeat(5000)).as_bytes()));
    }
}
