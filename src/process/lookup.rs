//! Finding the program in PATH as `execvp` would, so that what is missing or forbidden is known before anything is started.

use super::platform::DEFAULT_PATH;
use crate::command::{CStrings, Command};
use rustix::io::{Errno, Result};
use std::ffi::{CStr, CString};

const NAME_MAX: usize = 255;

/// Paths for `execve`, to be tried in order: the first hit in PATH of the command's environment, going on after EACCES and ENOENT. The rest of PATH stays behind it, since a hit can still turn out not to be
/// executable. `check` says what stands against a path.
pub(super) fn find(command: &Command, check: impl Fn(&CStr) -> Result<()>) -> Result<CStrings> {
    let file = command.file.to_bytes();
    if file.is_empty() {
        return Err(Errno::NOENT);
    }
    if file.contains(&b'/') {
        check(&command.file)?;
        return Ok(CStrings::new([file]));
    }
    if file.len() > NAME_MAX {
        return Err(Errno::NAMETOOLONG);
    }
    let path = command.env.as_ref().and_then(|env| env.value_of(b"PATH"));
    search(path.unwrap_or(DEFAULT_PATH), file, check)
}

fn search(path: &[u8], file: &[u8], check: impl Fn(&CStr) -> Result<()>) -> Result<CStrings> {
    let mut denied = false;
    let mut last = Errno::NOENT;
    let mut entries = path.split(|&byte| byte == b':');
    while let Some(directory) = entries.next() {
        let candidate = join(directory, file);
        match check(&candidate) {
            Ok(()) => {
                let rest = entries.map(|directory| join(directory, file));
                return Ok(CStrings::new(std::iter::once(candidate).chain(rest).map(CString::into_bytes)));
            }
            Err(Errno::ACCESS) => denied = true,
            Err(errno @ (Errno::NOENT | Errno::STALE | Errno::NOTDIR | Errno::NODEV | Errno::TIMEDOUT)) => last = errno,
            Err(errno) => return Err(errno),
        }
    }
    Err(if denied { Errno::ACCESS } else { last })
}

fn join(directory: &[u8], file: &[u8]) -> CString {
    let mut path = Vec::with_capacity(directory.len() + 1 + file.len() + 1);
    path.extend_from_slice(directory);
    if !directory.is_empty() {
        path.push(b'/');
    }
    path.extend_from_slice(file);
    // SAFETY: both parts come out of C strings.
    unsafe { CString::from_vec_unchecked(path) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, answers: &[(&str, Result<()>)]) -> Result<Vec<String>> {
        search(path.as_bytes(), b"tool", |candidate| {
            let path = candidate.to_str().unwrap();
            answers.iter().find(|(known, _)| *known == path).map_or(Err(Errno::NOENT), |(_, answer)| *answer)
        })
        .map(|candidates| candidates.iter().map(|path| path.to_str().unwrap().to_owned()).collect())
    }

    #[test]
    fn the_search_goes_on_after_a_denied_entry_and_keeps_the_rest_of_path() {
        let answers = [("/a/tool", Err(Errno::ACCESS)), ("/b/tool", Ok(()))];
        assert_eq!(found("/a:/b::/c", &answers), Ok(vec!["/b/tool".into(), "tool".into(), "/c/tool".into()]));
    }

    #[test]
    fn a_denied_entry_is_what_is_reported_when_nothing_is_found() {
        assert_eq!(found("/a:/b", &[("/a/tool", Err(Errno::ACCESS))]), Err(Errno::ACCESS));
        assert_eq!(found("/a:/b", &[]), Err(Errno::NOENT));
        assert_eq!(found("/a:/b", &[("/a/tool", Err(Errno::LOOP))]), Err(Errno::LOOP));
    }
}
