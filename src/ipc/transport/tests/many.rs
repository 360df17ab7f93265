//! A hundred at once.

use super::support::{pair_of, read};
use crate::ipc::transport::CAPACITY;
use crate::ipc::Sent;
use rustix::io::Errno;

fn open_descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

#[test]
fn a_hundred_rings_cost_two_descriptors_each_end_beside_the_socket() {
    // Other tests open some meanwhile, in this process: a few more or less.
    let before = open_descriptors();
    let mut rings: Vec<_> = (0..100).map(|_| pair_of(CAPACITY)).collect();
    let each = (open_descriptors() as f64 - before as f64) / 200.0;
    assert!((2.5..3.5).contains(&each), "{each} descriptors an end");
    for (number, (a, b)) in rings.iter_mut().enumerate() {
        let text = number.to_string();
        assert_eq!(a.write_parts(&[text.as_bytes()], &[]), Ok(Sent::All));
        assert_eq!(read(b), (text.into_bytes(), Err(Errno::AGAIN)));
    }
}
