#![no_main]
//! All that a peer can send, from its first byte on: whole, and cut where the input says. Both must come to the same frames and to the same end.
//!
//! The input's first byte: how long the parts are, and whether the hello is put before it. The second: the bound on frames.

use libfuzzer_sys::fuzz_target;
use procs::ipc::wire::{Arrival, Code, Meta, Splitter};

const HELLO: &[u8] = b"H:{\"protocol\":\"procs\",\"version\":1}\n";
/// Of a frame's flags, see `Meta` in js/native.d.ts.
const TOPIC: u32 = 2;
const SAME_TOPIC: u32 = 16;
/// What one frame may take at most here, whatever is announced.
const BOUNDS: [usize; 4] = [40, 1000, 100_000, 1 << 28];

fuzz_target!(|input: &[u8]| {
    let [plan, bound, sent @ ..] = input else { return };
    let max_frame = BOUNDS[usize::from(*bound) % BOUNDS.len()];
    let hello: &[u8] = if plan & 0x80 == 0 { HELLO } else { b"" };
    let whole = run(max_frame, hello, std::iter::once(sent));
    let length = usize::from(plan & 0x7f) + 1;
    let parts = run(max_frame, hello, sent.chunks(length));
    assert_eq!(whole, parts);
});

/// What came of it: the frames, how it ended, and whether something was left.
fn run<'a>(max_frame: usize, hello: &[u8], parts: impl Iterator<Item = &'a [u8]>) -> (Vec<u8>, Option<Code>, bool) {
    let mut splitter = Splitter::new(max_frame.max(hello.len()));
    let (mut arrivals, mut told) = (Vec::new(), Vec::new());
    splitter.push(hello, &mut arrivals).expect("a hello");
    arrivals.drain(..).for_each(|arrival| tell(&arrival, &mut told));
    let mut result = Ok(());
    for part in parts {
        result = feed(&mut splitter, part, &mut arrivals);
        arrivals.drain(..).for_each(|arrival| tell(&arrival, &mut told));
        if result.is_err() {
            break;
        }
    }
    let unfinished = result.is_ok() && splitter.unfinished().is_some();
    (told, result.err().map(|fault| fault.code), unfinished)
}

fn feed(splitter: &mut Splitter, mut part: &[u8], arrivals: &mut Vec<Arrival>) -> Result<(), procs::ipc::wire::Fault> {
    while !part.is_empty() {
        let Some(space) = splitter.space()? else { return splitter.push(part, arrivals) };
        let length = space.len().min(part.len());
        space[..length].copy_from_slice(&part[..length]);
        splitter.filled(length, arrivals);
        part = &part[length..];
    }
    Ok(())
}

/// Each frame by itself, however they were batched.
fn tell(arrival: &Arrival, told: &mut Vec<u8>) {
    match arrival {
        Arrival::Hello { json, .. } => put(told, Meta::PLAIN, std::str::from_utf8(json).unwrap()),
        Arrival::Frames(batch) => {
            let text = std::str::from_utf8(batch.text()).unwrap();
            assert_eq!(batch.is_ascii(), text.is_ascii());
            let inner = if batch.count() > 1 { text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap() } else { text };
            let metas = batch.metas();
            let (mut count, mut topic) = (0, "");
            for text in inner.split(",\n") {
                let mut meta = metas.get(count).copied().unwrap_or(Meta::PLAIN);
                if meta.flags & SAME_TOPIC != 0 {
                    // It depends on what came with it whether its topic is told again.
                    meta.flags &= !SAME_TOPIC;
                    put(told, meta, &format!("[\"{topic}\",{text}]"));
                } else {
                    if meta.flags & TOPIC != 0 {
                        topic = text[2..].split('"').next().unwrap();
                    }
                    put(told, meta, text);
                }
                count += 1;
            }
            assert_eq!(count, batch.count() as usize);
            assert!(metas.is_empty() || metas.len() == count);
        }
        Arrival::WithSegments(frame) => {
            assert_eq!(frame.bytes.len(), frame.segments.iter().map(|segment| segment.inline()).sum::<usize>());
            put(told, frame.meta, std::str::from_utf8(&frame.text).unwrap());
            for segment in &frame.segments {
                told.push(segment.kind);
                [segment.length, segment.slab, segment.offset].iter().for_each(|number| told.extend(number.to_le_bytes()));
            }
            told.extend_from_slice(frame.bytes.as_slice());
        }
        Arrival::Native(frame) => {
            put(told, Meta { kind: frame.kind, id: frame.id, ..Meta::PLAIN }, std::str::from_utf8(&frame.json).unwrap_or(""))
        }
    }
}

fn put(told: &mut Vec<u8>, meta: Meta, text: &str) {
    [meta.kind.into(), meta.id, meta.flags, meta.handles].iter().for_each(|number| told.extend(number.to_le_bytes()));
    told.extend_from_slice(text.as_bytes());
    told.push(0xff);
}
