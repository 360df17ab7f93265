//! Who comes in, and who does not.

use super::client::Client;
use super::counters::add;
use super::replies::{self, Refusal};
use super::server::{Server, LISTENER, RETRY};
use crate::ipc::interest::Interest;
use crate::ipc::local;
use crate::process::socket::SEND;
use rustix::io::{fcntl_dupfd_cloexec, Errno};
use rustix::net::{recv, send, RecvFlags};
use std::os::fd::OwnedFd;
use std::time::Duration;

/// Connections taken at once.
const ACCEPTS: usize = 16;
const HELLO_WITHIN: Duration = Duration::from_secs(10);

impl Server {
    pub(super) fn accept(&mut self) {
        for _ in 0..ACCEPTS {
            let Some(listener) = &self.listener else { return };
            match local::accept(listener) {
                Ok(socket) => self.admit(socket),
                Err(Errno::AGAIN) => return,
                Err(Errno::INTR | Errno::CONNABORTED) => {}
                // Out of descriptors, most likely.
                Err(_) => return self.turn_away(),
            }
        }
    }

    fn admit(&mut self, socket: OwnedFd) {
        let Ok(peer) = local::peer(&socket) else { return self.refuse(&socket, &Refusal::full("it cannot be told who that is")) };
        let trusted = peer.uid == self.uid || peer.uid == 0;
        if !trusted && !self.settings.allow_uids.contains(&peer.uid) {
            return self.refuse(&socket, &Refusal::not_allowed(peer.uid));
        }
        if self.clients.len() >= self.settings.max_clients {
            return self.refuse(&socket, &Refusal::full("maxClients"));
        }
        let settings = &self.settings;
        let place = self.clients.insert(|token| Client::new(socket, token, trusted, settings));
        let Some(client) = self.clients.get(place) else { return };
        if let Err(errno) = self.poll.add(&client.socket, client.token, client.watched) {
            if let Some(client) = self.clients.remove(place) {
                self.refuse(&client.socket, &Refusal::full(&errno.to_string()));
            }
            return;
        }
        let token = client.token;
        client.outbox.put_own(replies::hello(&self.settings));
        self.remind(token, HELLO_WITHIN);
        self.soil(place);
    }

    fn refuse(&self, socket: &OwnedFd, refusal: &Refusal) {
        add(&self.counters.refused, 1);
        let mut words = replies::hello(&self.settings);
        words.extend(replies::goodbye(refusal));
        // As far as it takes it: it will see the end in any case.
        let _as_it_may_be = send(socket, &words, SEND);
        drain(socket);
    }

    /// There is no descriptor for the next one that waits. It is told so, rather than left to wait.
    fn turn_away(&mut self) {
        self.spare = None;
        if let Some(Ok(socket)) = self.listener.as_ref().map(local::accept) {
            self.refuse(&socket, &Refusal::full("out of descriptors"));
        }
        self.spare = self.listener.as_ref().and_then(|listener| fcntl_dupfd_cloexec(listener, 3).ok());
        if self.spare.is_none() {
            self.watch_listener(false);
            self.remind(LISTENER, RETRY);
        }
    }

    pub(super) fn listen_again(&mut self) {
        self.spare = self.listener.as_ref().and_then(|listener| fcntl_dupfd_cloexec(listener, 3).ok());
        if self.spare.is_some() {
            self.watch_listener(true);
        } else if self.listener.is_some() {
            self.remind(LISTENER, RETRY);
        }
    }

    fn watch_listener(&self, read: bool) {
        if let Some(listener) = &self.listener {
            // Watched since the beginning.
            let _changed = self.poll.change(listener, LISTENER, Interest { read, ..Interest::NONE });
        }
    }
}

/// A peer that has written what nobody read gets a reset in place of an end, and with it maybe not what was said to it last.
pub fn drain(socket: &OwnedFd) {
    let mut buffer = [0; 16 * 1024];
    for _ in 0..64 {
        if !matches!(recv(socket, &mut buffer[..], RecvFlags::DONTWAIT), Ok((read, _)) if read > 0) {
            return;
        }
    }
}
