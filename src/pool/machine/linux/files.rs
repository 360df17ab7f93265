//! Small files that the kernel makes up as they are read.

use std::path::{Path, PathBuf};

/// Where /proc and /sys are: somewhere else in tests.
#[derive(Clone, Debug)]
pub struct Root(PathBuf);

impl Default for Root {
    fn default() -> Self {
        Root(PathBuf::from("/"))
    }
}

impl Root {
    #[cfg(test)]
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Root(folder.into())
    }

    /// None where it is not there or may not be read: an older kernel, a container that hides it.
    pub fn read(&self, path: impl AsRef<Path>) -> Option<String> {
        let path = path.as_ref();
        let bytes = std::fs::read(self.0.join(path.strip_prefix("/").unwrap_or(path))).ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// A file that holds one number. `max`, which is how cgroups say that there is none, is None.
    pub fn number(&self, path: impl AsRef<Path>) -> Option<u64> {
        self.read(path)?.trim().parse().ok()
    }
}

/// Of lines `name number …`; a colon behind the name is no part of it.
pub fn field(text: &str, name: &str) -> Option<u64> {
    text.lines().find_map(|line| {
        let mut words = line.split_ascii_whitespace();
        let is_it = words.next()?.trim_end_matches(':') == name;
        if is_it {
            words.next()?.parse().ok()
        } else {
            None
        }
    })
}
