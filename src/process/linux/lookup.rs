//! Finding the program before starting it, so that what is missing or forbidden is known at once and not only from the child.

use crate::command::{CStrings, Command};
use rustix::fs::{accessat, openat, statat, Access, AtFlags, FileType, Mode, OFlags};
use rustix::io::{Errno, Result};
use std::collections::HashMap;
use std::ffi::{c_char, CStr, CString};
use std::fs::File;
use std::io::Read;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::sync::Mutex;

/// What glibc's execvp searches when the environment has no PATH.
const DEFAULT_PATH: &[u8] = b"/bin:/usr/bin";
const NAME_MAX: usize = 255;
/// The kernel reads no more of a script's first line.
const SHEBANG_MAX: usize = 256;

/// Paths for `execve`, to be tried in order.
pub struct Candidates(CStrings);

impl Candidates {
    pub fn as_ptr(&self) -> *const *const c_char {
        self.0.as_ptr()
    }

    pub fn longest(&self) -> usize {
        self.0.iter().map(|path| path.count_bytes() + 1).max().unwrap_or(0)
    }
}

/// The directory the child will work in, as something to look from.
pub fn open_cwd(cwd: &CStr) -> Result<OwnedFd> {
    rustix::fs::open(cwd, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())
}

/// Finds the program as `execvp` in the child would, by PATH of the command's environment: first hit in PATH, going on after EACCES and ENOENT. The rest of PATH stays
/// behind the hit, since a hit can still turn out not to be executable.
pub fn find(command: &Command, cwd: BorrowedFd<'_>) -> Result<Candidates> {
    let file = command.file.to_bytes();
    // With other credentials other files are accessible: then only the child can tell.
    let check_access = !command.changes_credentials();
    if file.is_empty() {
        return Err(Errno::NOENT);
    }
    if file.contains(&b'/') {
        check(cwd, &command.file, check_access)?;
        return Ok(Candidates(CStrings::new([file])));
    }
    if file.len() > NAME_MAX {
        return Err(Errno::NAMETOOLONG);
    }
    let path = command.env.as_ref().and_then(|env| env.value_of(b"PATH"));
    search(path.unwrap_or(DEFAULT_PATH), file, |candidate| check(cwd, candidate, check_access))
}

fn search(path: &[u8], file: &[u8], check: impl Fn(&CStr) -> Result<()>) -> Result<Candidates> {
    let mut denied = false;
    let mut last = Errno::NOENT;
    let mut entries = path.split(|&byte| byte == b':');
    while let Some(directory) = entries.next() {
        let candidate = join(directory, file);
        match check(&candidate) {
            Ok(()) => {
                let rest = entries.map(|directory| join(directory, file));
                return Ok(Candidates(CStrings::new(std::iter::once(candidate).chain(rest).map(CString::into_bytes))));
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

/// What `execve` would say of this path, as far as it can be known without calling it.
fn check(cwd: BorrowedFd<'_>, path: &CStr, check_access: bool) -> Result<()> {
    let stat = statat(cwd, path, AtFlags::empty())?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
        return Err(Errno::ACCESS);
    }
    if !check_access {
        return Ok(());
    }
    accessat(cwd, path, Access::EXEC_OK, AtFlags::EACCESS)?;
    match interpreter(cwd, path, &stat) {
        // ENOENT, ENOTDIR, EACCES of the interpreter are what execve reports for the script.
        Some(interpreter) => accessat(cwd, &*interpreter, Access::EXEC_OK, AtFlags::EACCESS),
        None => Ok(()),
    }
}

/// Device, inode, size, and the times of the last change of content and of attributes: another program has another key.
type FileKey = (u64, u64, i64, [i64; 4]);

static INTERPRETERS: Mutex<Option<HashMap<FileKey, Option<CString>>>> = Mutex::new(None);
const REMEMBER: usize = 256;

/// The interpreter that the file's `#!` line names, if it has one. Remembered per file, so that the usual start reads nothing.
fn interpreter(cwd: BorrowedFd<'_>, path: &CStr, stat: &rustix::fs::Stat) -> Option<CString> {
    #[allow(clippy::unnecessary_cast)] // the fields' types differ between architectures
    let key: FileKey = {
        let times = [stat.st_mtime as i64, stat.st_mtime_nsec as i64, stat.st_ctime as i64, stat.st_ctime_nsec as i64];
        (stat.st_dev as u64, stat.st_ino as u64, stat.st_size as i64, times)
    };
    let mut cache = INTERPRETERS.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let known = cache.get_or_insert_with(HashMap::new);
    if let Some(interpreter) = known.get(&key) {
        return interpreter.clone();
    }
    // Not readable, though executable: only the kernel can look at its first line.
    let file = openat(cwd, path, OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK, Mode::empty()).ok()?;
    let mut start = [0; SHEBANG_MAX];
    let length = File::from(file).read(&mut start).ok()?;
    let interpreter = parse_shebang(&start[..length]);
    if known.len() >= REMEMBER {
        known.clear();
    }
    known.insert(key, interpreter.clone());
    interpreter
}

fn parse_shebang(start: &[u8]) -> Option<CString> {
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let line = start.strip_prefix(b"#!")?.split(|&byte| byte == b'\n').next()?;
    let line = &line[line.iter().position(|byte| !blank(byte))?..];
    let end = line.iter().position(|byte| blank(byte) || *byte == 0).unwrap_or(line.len());
    // A name cut off by the buffer's end is no name: let the kernel judge.
    if end == 0 || (end == line.len() && start.len() == SHEBANG_MAX && !start.contains(&b'\n')) {
        return None;
    }
    CString::new(&line[..end]).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shebang(start: &str) -> Option<String> {
        parse_shebang(start.as_bytes()).map(|path| path.into_string().unwrap())
    }

    #[test]
    fn the_interpreter_is_the_first_word_of_the_shebang_line() {
        assert_eq!(shebang("#!/bin/sh\nexit"), Some("/bin/sh".into()));
        assert_eq!(shebang("#! \t/usr/bin/env node --flag\n"), Some("/usr/bin/env".into()));
        assert_eq!(shebang("#!/bin/sh"), Some("/bin/sh".into()));
        assert_eq!(shebang("#!\n/bin/sh"), None);
        assert_eq!(shebang("\x7fELF"), None);
        assert_eq!(shebang(&format!("#!/{}", "x".repeat(253))), None);
    }

    fn found(path: &str, answers: &[(&str, Result<()>)]) -> Result<Vec<String>> {
        search(path.as_bytes(), b"tool", |candidate| {
            let path = candidate.to_str().unwrap();
            answers.iter().find(|(known, _)| *known == path).map_or(Err(Errno::NOENT), |(_, answer)| *answer)
        })
        .map(|candidates| candidates.0.iter().map(|path| path.to_str().unwrap().to_owned()).collect())
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
