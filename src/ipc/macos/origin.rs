use std::os::fd::BorrowedFd;

/// Nobody has anything to offer here.
pub fn is_ours(_socket: BorrowedFd<'_>) -> bool {
    false
}
