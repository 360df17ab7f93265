//! What is only announced takes no memory.

use super::greeted;

/// Address space of this process, in bytes.
#[cfg(target_os = "linux")]
fn mapped() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: usize = statm.split(' ').next().unwrap().parse().unwrap();
    pages * rustix::param::page_size()
}

#[test]
#[cfg(target_os = "linux")]
fn a_peer_that_announces_much_and_sends_nothing_gets_no_memory() {
    let before = mapped();
    let peers: Vec<_> = (0..200)
        .map(|_| {
            let mut splitter = greeted();
            splitter.push(b"M+268400000b:1\nx", &mut Vec::new()).unwrap();
            splitter.space().unwrap();
            splitter
        })
        .collect();
    // Other tests run at the same time: much less than the 50 GB that were announced, far more than what they take.
    assert!(mapped() < before + (4 << 30), "{} peers: {} bytes", peers.len(), mapped() - before);
}

#[test]
fn room_is_made_for_what_one_read_can_bring() {
    let mut splitter = greeted();
    splitter.push(b"M+268400000b:1\n", &mut Vec::new()).unwrap();
    assert!(splitter.space().unwrap().unwrap().len() <= 1 << 20);
    // A short rest is copied, and what is behind it is not read into it.
    let mut splitter = greeted();
    splitter.push(b"M+1000b:1\n", &mut Vec::new()).unwrap();
    assert!(splitter.space().unwrap().is_none());
}
