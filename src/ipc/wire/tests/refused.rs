//! What is not taken, and what the peer is told.

use super::{frames, greeted, HELLO};
use crate::ipc::wire::{Code, Fault, Splitter, MAX_FRAME};

/// The frames before the fault, and the fault.
fn refusal(bytes: &[u8]) -> (usize, Fault) {
    let mut out = Vec::new();
    let fault = greeted().push(bytes, &mut out).expect_err("it was taken");
    (frames(&out).len(), fault)
}

fn code(bytes: &str) -> Code {
    refusal(bytes.as_bytes()).1.code
}

#[test]
fn a_first_frame_that_is_no_hello() {
    let first = |bytes: &[u8]| Splitter::new(MAX_FRAME).push(bytes, &mut Vec::new()).map_err(|fault| fault.code);
    // Told at once, not at the end of the line.
    assert_eq!(first(b"{"), Err(Code::Version));
    assert_eq!(first(b"GET / HTTP/1.1\r\n"), Err(Code::Version));
    assert_eq!(first(b"\xff"), Err(Code::Version));
    assert_eq!(first(b"H:{\"protocol\":\"procs\",\"version\":2}\n"), Err(Code::Version));
    assert_eq!(first(b"H\n"), Err(Code::Garbage));
    assert_eq!(first(b"H~:{\"protocol\":\"procs\",\"version\":1}\n"), Err(Code::Garbage));
    assert_eq!(first(&[b'H'; 70_000]), Err(Code::TooLarge));
    assert_eq!(first(b"\n\n"), Ok(()));
}

#[test]
fn lines_that_are_no_frames() {
    for line in [" {}\n", "x\n", "\u{feff}{}\n", "+1\n", "Q1\n", "Q:1\n", "~:1\n", "M+5x:1\n"] {
        assert_eq!(code(line), Code::Garbage, "{line:?}");
    }
    // Before the line has ended.
    assert_eq!(code("{}\n\0"), Code::Garbage);
}

#[test]
fn frames_that_may_not_come() {
    assert_eq!(code("Y1:1\n"), Code::Protocol);
    assert_eq!(code(HELLO), Code::Protocol);
    assert_eq!(code("X:\n1\n"), Code::Protocol);
    assert_eq!(code("L1+3b:{}\n"), Code::Garbage);
}

#[test]
fn what_came_before_is_told_of() {
    let (before, fault) = refusal(b"1\n2\nQ1:3\nwhat is this\n4\n");
    assert_eq!((before, fault.code), (3, Code::Garbage));
    let (before, fault) = refusal(b"1\n\"\xc3\xa4\"\n\"\xc3\"\n4\n");
    assert_eq!((before, fault.code), (2, Code::Garbage));
    assert_eq!(refusal(b"1\nM+2b:\"\xc3\"\nab").0, 1);
}

#[test]
fn frames_longer_than_is_allowed() {
    let short = |bytes: &[u8]| {
        let mut splitter = Splitter::new(100);
        let mut out = Vec::new();
        let result = splitter.push(HELLO.as_bytes(), &mut out).and_then(|()| splitter.push(bytes, &mut out));
        result.map_err(|fault| fault.code)
    };
    assert_eq!(short(format!("\"{}\"\n", "x".repeat(98)).as_bytes()), Ok(()));
    assert_eq!(short(format!("\"{}\"\n", "x".repeat(99)).as_bytes()), Err(Code::TooLarge));
    // Before its end has come.
    assert_eq!(short(format!("\"{}", "x".repeat(100)).as_bytes()), Err(Code::TooLarge));
    assert_eq!(short(b"M+93b:\n"), Ok(()));
    assert_eq!(short(b"M+94b:\n"), Err(Code::TooLarge));
    assert_eq!(short(b"M+2147483647b+2147483647b:\n"), Err(Code::TooLarge));
}

#[test]
fn json_nested_too_deep() {
    let nested = |levels: usize| format!("{}{}\n", "[".repeat(levels), "]".repeat(levels));
    assert_eq!(code(&nested(1001)), Code::Garbage);
    assert_eq!(code(&nested(100_000)), Code::Garbage);
    assert_eq!(code(&format!("Q1:{}", nested(1001))), Code::Garbage);
    assert_eq!(code(&format!("Q1+1b:{}", nested(1001))), Code::Garbage);
    greeted().push(nested(1000).as_bytes(), &mut Vec::new()).unwrap();
}

#[test]
fn the_peer_is_told_in_a_frame_that_it_can_read() {
    let (_, fault) = refusal(b"\"\xff\"\n");
    let goodbye = String::from_utf8(fault.goodbye()).unwrap();
    let json = goodbye.strip_prefix("X:").and_then(|line| line.strip_suffix('\n')).unwrap();
    let value: serde_json::Value = serde_json::from_str(json).unwrap();
    assert_eq!(value["code"], "ERR_PROCS_IPC_GARBAGE");
    assert!(fault.to_string().starts_with("ERR_PROCS_IPC_GARBAGE no UTF-8"));
}
