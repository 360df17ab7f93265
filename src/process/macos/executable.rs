//! Whether a file is there. What else stands against executing it, posix_spawn says itself, and at once.

use rustix::fs::stat;
use rustix::io::Result;
use std::ffi::CStr;
use std::path::Path;

/// What execvp searches when the environment has no PATH (_PATH_DEFPATH).
pub const DEFAULT_PATH: &[u8] = b"/usr/bin:/bin";

/// A start that fails in the kernel costs as much as one that succeeds, so entries of PATH without the file are passed over here.
pub fn check(cwd: Option<&CStr>, path: &CStr) -> Result<()> {
    match cwd {
        Some(cwd) if !path.to_bytes().starts_with(b"/") => stat(as_path(cwd).join(as_path(path))),
        _ => stat(path),
    }
    .map(|_| ())
}

fn as_path(path: &CStr) -> &Path {
    use std::os::unix::ffi::OsStrExt;
    Path::new(std::ffi::OsStr::from_bytes(path.to_bytes()))
}
