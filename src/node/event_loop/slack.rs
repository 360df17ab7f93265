//! Memory of ours that peers have given back, and that nobody needs at the moment.

use super::{Entry, EventLoop};
use crate::ipc::slab::{SHORTLY, UNUSED};
use crate::ipc::wire::Wire;
use crate::node::wake::Watch;

/// After a look at a wire: the peer may have given something back.
pub(super) fn look_after(watch: Option<&Watch>, looks_after: &mut bool, wire: &Wire) {
    if let (false, true, Some(watch)) = (*looks_after, wire.outbound().has_slack(), watch) {
        *looks_after = true;
        watch.look_after(UNUSED);
    }
}

impl EventLoop {
    /// What was not used for a while goes back to the machine.
    pub fn give_back(&mut self) {
        let (mut more, mut has_slack) = (false, false);
        for watched in self.entries.values() {
            if let Entry::Wire { wire, .. } = &watched.entry {
                more = more || wire.outbound().give_back();
                has_slack |= wire.outbound().has_slack();
            }
        }
        self.looks_after = has_slack;
        if let (true, Some(watch)) = (has_slack, &self.watch) {
            watch.look_after(if more { SHORTLY } else { UNUSED });
        }
    }
}
