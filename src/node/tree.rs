//! Trees: js/native.d.ts. What takes a while is done on a thread of its own, which posts what came of it.

use super::arguments::negated;
use super::dispatch::Event;
use super::reactor::Reactor;
use crate::process::tree::{self, Mechanism, Report, Until, STACK};
use crate::process::{Tree, WakeUp};
use napi_derive::napi;
use rustix::io::Errno;
use std::sync::Arc;
use std::thread;

#[napi]
impl Reactor {
    #[napi]
    pub fn tree(&self, id: u32) -> u32 {
        self.events.borrow_mut().child(id).and_then(|child| child.tree()).map_or(0, Tree::number)
    }

    #[napi]
    pub fn signal_tree(&self, number: u32, signal: i32, mode: u32, except: Option<i32>) -> i32 {
        let (tree, until) = match checked(number, signal, mode, except.unwrap_or(0)) {
            Ok(checked) => checked,
            Err(errno) => return negated(errno),
        };
        self.events.borrow().wait_before(tree, signal);
        self.work(None, move || Some(tree.signal(signal, until)))
    }

    #[napi]
    pub fn watch_tree(&self, number: u32) -> i32 {
        let (tree, cancel) = match (Tree::from_number(number), WakeUp::new()) {
            (Some(tree), Ok(cancel)) => (tree, Arc::new(cancel)),
            (None, _) => return negated(Errno::INVAL),
            (_, Err(errno)) => return negated(errno),
        };
        self.work(Some(cancel.clone()), move || tree.wait(Some(&cancel), None))
    }

    /// On a thread. Returns the ticket.
    fn work(&self, cancel: Option<Arc<WakeUp>>, work: impl FnOnce() -> Option<Report> + Send + 'static) -> i32 {
        let mut events = self.events.borrow_mut();
        let (id, mailbox) = match events.open_ticket(cancel) {
            Ok(ticket) => ticket,
            Err(errno) => return negated(errno),
        };
        let run = move || {
            if let Some(report) = work() {
                mailbox.post(id, Event::Tree { report: report.to_json() });
            }
        };
        match thread::Builder::new().name("procs-tree".into()).stack_size(STACK).spawn(run) {
            Ok(_detached) => id as i32,
            Err(error) => {
                events.close_stream_or_ticket(id);
                negated(Errno::from_io_error(&error).unwrap_or(Errno::AGAIN))
            }
        }
    }
}

fn checked(number: u32, signal: i32, mode: u32, except: i32) -> Result<(Tree, Until), Errno> {
    let until = match mode {
        0 => Until::Sent { except },
        1 if signal == libc::SIGKILL => Until::Gone,
        2 if signal == libc::SIGSTOP => Until::Still,
        _ => return Err(Errno::INVAL),
    };
    let tree = Tree::from_number(number).ok_or(Errno::INVAL)?;
    Ok((tree, until))
}

/// See js/native.d.ts.
#[napi]
pub fn signal_tree_sync(number: u32, signal: i32, mode: u32) -> napi::Result<String> {
    let (tree, until) = checked(number, signal, mode, 0).map_err(|errno| napi::Error::from_reason(errno.to_string()))?;
    Ok(tree.signal(signal, until).to_json())
}

/// See js/native.d.ts.
#[napi]
pub fn tree_mechanism() -> &'static str {
    match tree::mechanism() {
        Mechanism::Mark => "mark",
        Mechanism::Group => "group",
    }
}

/// See js/native.d.ts.
#[napi]
pub fn lifetime_mechanism() -> String {
    tree::lifetime()
}
