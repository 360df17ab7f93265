use super::child::Child;
use super::tree::Until;
use super::Tree;
use std::time::Duration;

/// Whom the signals of a run reach.
pub(super) enum Reach {
    Child,
    /// The group that the child leads.
    Group,
    Tree {
        tree: Tree,
        /// What came of it so far.
        report: Option<String>,
    },
}

impl Reach {
    pub fn of(child: &Child, leads_group: bool) -> Reach {
        match child.tree() {
            Some(tree) => Reach::Tree { tree, report: None },
            None if leads_group => Reach::Group,
            None => Reach::Child,
        }
    }

    /// `child` is the running child, or `None` when it was waited for.
    pub fn signal(&mut self, child: Option<&mut Child>, signal: i32) {
        // What ends just now (ESRCH) or runs as somebody else (EPERM) is no error: the end, or the report, says it.
        match (self, child) {
            (Reach::Tree { tree, report }, child) => {
                let kill = signal == libc::SIGKILL;
                if let Some(child) = child {
                    // Also where the others cannot be found.
                    let _gone = child.signal(signal);
                }
                *report = Some(tree.signal(signal, if kill { Until::Gone } else { Until::Sent { except: 0 } }).to_json());
            }
            (Reach::Group, Some(child)) => {
                child.wait_before(signal);
                // SAFETY: numbers only. Not waited for, so the number is still its own.
                unsafe { libc::kill(-child.pid(), signal) };
            }
            (Reach::Child, Some(child)) => {
                let _gone = child.signal(signal);
            }
            // Nobody else is known by now.
            (Reach::Group | Reach::Child, None) => {}
        }
    }

    /// The child was ended and is gone. What is left of its tree has so long, and is then killed; `None`: it may stay.
    pub fn finish(mut self, patience: Option<Duration>) -> Option<String> {
        if let (Reach::Tree { tree, .. }, Some(patience)) = (&self, patience) {
            if tree.wait(None, Some(patience)).is_none() {
                self.signal(None, libc::SIGKILL);
            }
        }
        match self {
            Reach::Tree { report, .. } => report,
            Reach::Group | Reach::Child => None,
        }
    }
}
