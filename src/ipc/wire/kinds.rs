//! The kinds of frames, and who they are for.

use super::fault::Fault;
use super::header::Header;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Destination {
    Hello,
    JavaScript,
    /// The channel's own: memory and ring.
    Native,
    Goodbye,
}

/// Whether a header makes sense for its kind.
pub fn check(header: &Header) -> Result<Destination, Fault> {
    let kind = header.kind;
    let destination = match kind {
        b'H' => Destination::Hello,
        b'X' => Destination::Goodbye,
        b'M' | b'Q' | b'R' | b'E' | b'C' | b'J' | b'S' | b'I' | b'D' | b'W' | b'B' | b'U' | b'P' | b'V' | b'G' | b'K' => {
            Destination::JavaScript
        }
        b'L' | b'F' | b'O' | b'A' | b'N' | b'T' => Destination::Native,
        _ => return Err(Fault::protocol(format!("{} is no kind of frame", char::from(kind)))),
    };
    let names_something = matches!(kind, b'Q' | b'R' | b'E' | b'C' | b'J' | b'S' | b'I' | b'D' | b'W');
    if names_something && header.id == 0 {
        return Err(Fault::garbage(format!("a frame of kind {} without an id", char::from(kind))));
    }
    let carries = destination == Destination::JavaScript;
    if !carries && (!header.segments.is_empty() || header.topic.is_some() || (header.tagged && kind != b'X')) {
        return Err(Fault::garbage(format!("a frame of kind {} with marks that it cannot have", char::from(kind))));
    }
    Ok(destination)
}
