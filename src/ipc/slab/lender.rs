//! Shared memory that a wire's peer maps, and that is not the wire's own: many peers have the same.

use super::outbound::Announcement;

/// What one peer has of it. A wire asks, and passes on what the peer says.
pub trait Lender: Send {
    /// The peer has said hello, and maps so many bytes at most.
    fn open(&mut self, limit: usize);
    /// What the peer is to be told of before anything refers to it.
    fn take_announcements(&mut self) -> Vec<Announcement>;
    /// It could not be announced.
    fn withdraw(&mut self, id: u32);
    /// As [`super::Outbound::answered`].
    fn answered(&mut self, id: u32, mapped: bool) -> Result<(), &'static str>;
    /// As [`super::Outbound::freed`].
    fn freed(&mut self, json: &[u8]) -> Result<(), &'static str>;
}
