//! What `execve` would say of a file, as far as it can be known without calling it.

use rustix::fs::{accessat, openat, statat, Access, AtFlags, FileType, Mode, OFlags};
use rustix::io::{Errno, Result};
use std::collections::HashMap;
use std::ffi::{CStr, CString};
use std::fs::File;
use std::io::Read;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::sync::Mutex;

/// What glibc's execvp searches when the environment has no PATH.
pub const DEFAULT_PATH: &[u8] = b"/bin:/usr/bin";
/// The kernel reads no more of a script's first line.
const SHEBANG_MAX: usize = 256;

/// The directory the child will work in, as something to look from.
pub fn open_cwd(cwd: &CStr) -> Result<OwnedFd> {
    rustix::fs::open(cwd, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())
}

/// What `execve` would say of this path, as far as it can be known without calling it.
pub fn check(cwd: BorrowedFd<'_>, path: &CStr, check_access: bool) -> Result<()> {
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
}
