use super::start::{start_marked, Role};
use super::{keeper, trees};
use crate::command::{Command, Kinship};
use crate::process::launch::Started;
use crate::process::tree::Tree;
use crate::process::SpawnError;

/// Starts a child, and before it the keeper, if it is one that may not outlive this process.
pub fn start(command: Command, tree: Option<Tree>) -> Result<Started, SpawnError> {
    let mark = tree.and_then(|tree| trees::own().map(|marks| marks.of(tree)));
    if mark.is_some() && command.tree == Some(Kinship::Dependent) {
        keeper::ensure();
    }
    start_marked(command, mark, Role::Child)
}
