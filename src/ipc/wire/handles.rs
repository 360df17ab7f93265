//! Descriptors on their way to the frames that announce them.
//!
//! The kernel gives them with a read that ends with the bytes they were sent with, and they are sent with the first byte of their frame. So
//! they belong to frames that begin within that read, or that are still being read; what none of those announces is closed.

use super::fault::Fault;
use super::limits::MAX_UNCLAIMED;
use std::collections::VecDeque;
use std::os::fd::OwnedFd;

/// Those of one read.
struct Group {
    /// Where in the stream that read has ended.
    until: u64,
    handles: VecDeque<OwnedFd>,
    /// There were more, for which there was no room here (EMFILE).
    lost: bool,
}

#[derive(Default)]
pub struct Handles {
    groups: VecDeque<Group>,
    unclaimed: usize,
}

/// What a frame gets of what it has announced.
#[derive(Debug, Default)]
pub struct Claimed {
    pub handles: Vec<OwnedFd>,
    pub lost: bool,
}

impl Handles {
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    pub fn arrived(&mut self, until: u64, handles: VecDeque<OwnedFd>, lost: bool) -> Result<(), Fault> {
        self.unclaimed += handles.len();
        self.groups.push_back(Group { until, handles, lost });
        if self.unclaimed > MAX_UNCLAIMED {
            return Err(Fault::garbage(format!("more than {MAX_UNCLAIMED} descriptors came that no frame has announced")));
        }
        Ok(())
    }

    /// Closes those that came before `start`, where a frame begins that is the next to claim some.
    pub fn pass(&mut self, start: u64) {
        while self.groups.front().is_some_and(|group| group.until <= start) {
            self.drop_first();
        }
    }

    /// For a frame that begins at `start`.
    pub fn claim(&mut self, start: u64, announced: u32) -> Claimed {
        self.pass(start);
        let mut claimed = Claimed::default();
        while claimed.handles.len() < announced as usize {
            let Some(group) = self.groups.front_mut() else {
                claimed.lost = true;
                break;
            };
            if let Some(handle) = group.handles.pop_front() {
                self.unclaimed -= 1;
                claimed.handles.push(handle);
            } else if group.lost {
                claimed.lost = true;
                break;
            } else {
                self.drop_first();
            }
        }
        if self.groups.front().is_some_and(|group| group.handles.is_empty() && !group.lost) {
            self.drop_first();
        }
        claimed
    }

    fn drop_first(&mut self) {
        if let Some(group) = self.groups.pop_front() {
            self.unclaimed -= group.handles.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::os::fd::AsRawFd;

    fn open(count: usize) -> VecDeque<OwnedFd> {
        (0..count).map(|_| File::open("/dev/null").unwrap().into()).collect()
    }

    #[test]
    fn frames_get_theirs_in_order() {
        let mut handles = Handles::default();
        let fds = open(3);
        let numbers: Vec<_> = fds.iter().map(AsRawFd::as_raw_fd).collect();
        handles.arrived(100, fds, false).unwrap();
        let got = |claimed: Claimed| claimed.handles.iter().map(AsRawFd::as_raw_fd).collect::<Vec<_>>();
        assert_eq!(got(handles.claim(10, 1)), numbers[..1]);
        assert_eq!(got(handles.claim(50, 2)), numbers[1..]);
        assert!(handles.is_empty());
        assert!(handles.claim(90, 1).lost);
    }

    #[test]
    fn what_came_with_frames_gone_by_is_nobodys() {
        let mut handles = Handles::default();
        handles.arrived(100, open(2), false).unwrap();
        handles.arrived(200, open(1), false).unwrap();
        let claimed = handles.claim(100, 1);
        assert_eq!((claimed.handles.len(), claimed.lost, handles.is_empty()), (1, false, true));
        assert_eq!(handles.unclaimed, 0);
    }

    #[test]
    fn the_loss_of_some_does_not_make_frames_take_those_of_later_ones() {
        let mut handles = Handles::default();
        handles.arrived(100, open(1), true).unwrap();
        handles.arrived(200, open(1), false).unwrap();
        let first = handles.claim(50, 2);
        assert_eq!((first.handles.len(), first.lost), (1, true));
        assert!(handles.claim(70, 1).lost);
        let later = handles.claim(150, 1);
        assert_eq!((later.handles.len(), later.lost), (1, false));
    }

    #[test]
    fn they_are_bounded() {
        let mut handles = Handles::default();
        let results: Vec<_> = (0..6).map(|n| handles.arrived(n, open(253), false).is_ok()).collect();
        assert_eq!(results, [true, true, true, true, false, false]);
    }
}
