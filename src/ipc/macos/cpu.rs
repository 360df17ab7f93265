//! Nobody spins here: there is no ring.

pub fn current_cpu() -> u32 {
    0
}
