//! The clients by their places, and what is known of a place's socket.

use super::client::Client;

/// A place is used again when its client has gone; a token never is, so that what the kernel tells of a client that has just gone does
/// not reach the next one.
#[derive(Debug, Default)]
pub struct Clients {
    places: Vec<Option<Client>>,
    free: Vec<u32>,
    count: usize,
    next: u32,
}

impl Clients {
    pub fn len(&self) -> usize {
        self.count
    }

    /// Makes a client for the token that it will have.
    pub fn insert(&mut self, make: impl FnOnce(u64) -> Client) -> u32 {
        let place = self.free.pop().unwrap_or_else(|| {
            self.places.push(None);
            self.places.len() as u32 - 1
        });
        // Below the tokens that are no client's, whatever the place.
        self.next = (self.next + 1) & 0x7fff_ffff;
        self.places[place as usize] = Some(make(u64::from(self.next) << 32 | u64::from(place)));
        self.count += 1;
        place
    }

    pub fn remove(&mut self, place: u32) -> Option<Client> {
        let client = self.places.get_mut(place as usize)?.take()?;
        self.free.push(place);
        self.count -= 1;
        Some(client)
    }

    pub fn get(&mut self, place: u32) -> Option<&mut Client> {
        self.places.get_mut(place as usize)?.as_mut()
    }

    /// Its place, if it is still there.
    pub fn by_token(&mut self, token: u64) -> Option<u32> {
        let place = token as u32;
        self.get(place).is_some_and(|client| client.token == token).then_some(place)
    }

    pub fn all(&self) -> Vec<u32> {
        (0..self.places.len() as u32).filter(|place| self.places[*place as usize].is_some()).collect()
    }
}
