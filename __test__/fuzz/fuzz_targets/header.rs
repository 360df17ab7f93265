#![no_main]
//! The line of a frame. The grammar leaves no choice, so a line that is taken can be written anew from what was understood.

use libfuzzer_sys::{fuzz_target, Corpus};
use procs::ipc::wire::Header;
use std::fmt::Write;

fuzz_target!(|line: &[u8]| -> Corpus {
    if !line.first().is_some_and(u8::is_ascii_uppercase) || line.contains(&b'\n') {
        return Corpus::Reject;
    }
    if let Ok(header) = Header::parse(line) {
        assert_eq!(written(&header, line).as_bytes(), &line[..header.json.start]);
        assert_eq!(header.json.end, line.len());
    }
    Corpus::Keep
});

fn written(header: &Header, line: &[u8]) -> String {
    let mut text = String::from(char::from(header.kind));
    if header.id > 0 {
        write!(text, "{}", header.id).unwrap();
    }
    if header.tagged {
        text.push('~');
    }
    if header.handles > 0 {
        write!(text, "@{}", header.handles).unwrap();
    }
    if let Some(topic) = &header.topic {
        write!(text, "={}", std::str::from_utf8(&line[topic.clone()]).unwrap()).unwrap();
    }
    for segment in &header.segments {
        write!(text, "+{}{}", segment.length, char::from(segment.kind)).unwrap();
        if segment.kind == b's' {
            write!(text, "{}.{}", segment.slab, segment.offset).unwrap();
        }
    }
    text.push(':');
    text
}
