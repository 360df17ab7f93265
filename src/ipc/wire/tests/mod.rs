mod corpus;
mod corruption;
mod cuts;
mod memory;
mod over_sockets;
mod refused;
#[cfg(target_os = "linux")] // elsewhere there is none
mod ring;

use super::splitter::{Arrival, Splitter};
use super::{Fault, MAX_FRAME};

const HELLO: &str = "H:{\"protocol\":\"procs\",\"version\":1}\n";

/// One of everything.
fn session() -> Vec<u8> {
    let mut session = HELLO.as_bytes().to_vec();
    let lines = [
        "{\"hello\":\"world\"}\n[1,2]\n\n\"grüße\"\n-1\nnull\ntrue\nfalse\n",
        "M~:{\"$\":\"undefined\"}\nQ1:{\"add\":[2,3]}\nC1:\nQ2~+5b:{\"$\":[\"ArrayBuffer\",0]}\nab\ncd",
        "R2:5\nS7:\nI7+3l+4u+0b:[]\nxyza\0b\0D7:\nW7:16\n",
        "V=jobs.1.done:{\"a\":1}\nV=jobs.1.done:2\n3\nV3=jobs.1.done:4\nV=jobs+2b:\n\n\nM+70000s1.4096:0\nE9:{\"name\":\"Error\"}\nX:{\"code\":\"E\",\"message\":\"why\"}\n",
    ];
    lines.iter().for_each(|line| session.extend_from_slice(line.as_bytes()));
    session
}

fn greeted() -> Splitter {
    let mut splitter = Splitter::new(MAX_FRAME);
    splitter.push(HELLO.as_bytes(), &mut Vec::new()).unwrap();
    splitter
}

/// Each frame as it would be told of, however they were batched.
fn frames(arrivals: &[Arrival]) -> Vec<String> {
    let mut frames = Vec::new();
    for arrival in arrivals {
        match arrival {
            Arrival::Hello { json, .. } => frames.push(format!("hello {}", json.escape_ascii())),
            Arrival::Frames(batch) => {
                let text = String::from_utf8(batch.text().to_vec()).unwrap();
                let inner = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).filter(|_| batch.count() > 1);
                let texts: Vec<&str> = inner.unwrap_or(&text).split(",\n").collect();
                assert_eq!(texts.len(), batch.count() as usize, "{text}");
                let plain = super::Meta::PLAIN;
                let mut topic = "";
                for (n, text) in texts.iter().enumerate() {
                    let mut meta = *batch.metas().get(n).unwrap_or(&plain);
                    if meta.flags & 16 != 0 {
                        // It depends on what came with it whether its topic is told again.
                        meta.flags &= !16;
                        frames.push(format!("{meta:?} [\"{topic}\",{text}]"));
                        continue;
                    }
                    if meta.flags & 2 != 0 {
                        topic = text[2..].split('"').next().unwrap();
                    }
                    frames.push(format!("{meta:?} {text}"));
                }
            }
            Arrival::WithSegments(frame) => {
                let text = String::from_utf8(frame.text.clone()).unwrap();
                frames.push(format!("{:?} {text} {:?} {}", frame.meta, frame.segments, frame.bytes.as_slice().escape_ascii()));
            }
            Arrival::Native(frame) => frames.push(format!("native {} {}", char::from(frame.kind), frame.json.escape_ascii())),
        }
    }
    frames
}

/// As [`Splitter::push`], or by way of [`Splitter::space`] where that is wanted.
fn feed(splitter: &mut Splitter, mut bytes: &[u8], out: &mut Vec<Arrival>) -> Result<(), Fault> {
    while !bytes.is_empty() {
        let Some(space) = splitter.space()? else { return splitter.push(bytes, out) };
        let length = space.len().min(bytes.len());
        space[..length].copy_from_slice(&bytes[..length]);
        splitter.filled(length, out);
        bytes = &bytes[length..];
    }
    Ok(())
}
