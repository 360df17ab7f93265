//! What the tests share: commands, bounded waits, a folder of its own, a process of its own.

use crate::command::{CStrings, Command, Stdio};
use crate::process::{Child, End, ExitStatus, SpawnError, Spawned};
use rustix::event::{poll, PollFd, PollFlags, Timespec};
use std::ffi::{CString, OsStr};
use std::fs::{self, File, Permissions};
use std::io::Read;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Longer than anything here takes on a busy machine: reached only by what hangs.
const AT_MOST: Timespec = Timespec { tv_sec: 20, tv_nsec: 0 };

pub fn c_string(text: &str) -> CString {
    CString::new(text).unwrap()
}

/// With `/dev/null` as its three standard descriptors.
pub fn command(file: &str, args: &[&str]) -> Command {
    let argv = std::iter::once(&file).chain(args);
    Command { stdio: vec![Stdio::Ignore; 3], ..Command::new(c_string(file), CStrings::new(argv)) }
}

pub fn sh(script: &str) -> Command {
    command("/bin/sh", &["-c", script])
}

pub fn env(pairs: &[&str]) -> Option<CStrings> {
    Some(CStrings::new(pairs))
}

pub fn spawn(command: Command) -> Child {
    Child::spawn(command).unwrap().child
}

pub fn refusal(command: Command) -> SpawnError {
    match Child::spawn(command) {
        Ok(_) => panic!("it was started"),
        Err(error) => error,
    }
}

/// For times that have to pass when a child has got somewhere, or before it has: how long that takes depends on the machine, so one that was
/// too short has shown nothing, and the next is twice as long. The last one of all is given back where none was long enough.
pub fn in_time<T>(attempt: impl Fn(Duration) -> T, was_right: impl Fn(&T) -> bool) -> T {
    let mut time = Duration::from_millis(100);
    loop {
        let outcome = attempt(time);
        if was_right(&outcome) || time > Duration::from_secs(10) {
            return outcome;
        }
        time *= 2;
    }
}

/// Blocks until `fd` is readable.
pub fn await_readable(fd: impl AsFd) {
    let mut fds = [PollFd::new(&fd, PollFlags::IN)];
    assert_eq!(poll(&mut fds, Some(&AT_MOST)), Ok(1), "nothing happened");
}

pub fn end_of(mut child: Child) -> End {
    loop {
        await_readable(&child);
        if let Some(end) = child.try_wait().unwrap() {
            return end;
        }
    }
}

pub fn status_of(command: Command) -> ExitStatus {
    match end_of(spawn(command)) {
        End::Exited(status) => status,
        End::NotStarted(error) => panic!("{error}"),
    }
}

pub fn read_to_end(pipe: OwnedFd) -> String {
    let mut bytes = Vec::new();
    loop {
        await_readable(&pipe);
        match rustix::io::read(&pipe, rustix::buffer::spare_capacity(reserved(&mut bytes))) {
            Ok(0) => return String::from_utf8(bytes).unwrap(),
            result => drop(result.unwrap()),
        }
    }
}

fn reserved(bytes: &mut Vec<u8>) -> &mut Vec<u8> {
    bytes.reserve(4096);
    bytes
}

/// What a command that ends well writes to its standard output.
pub fn output_of(mut command: Command) -> String {
    command.stdio[1] = Stdio::Pipe;
    let Spawned { child, pipes } = Child::spawn(command).unwrap();
    let text = pipes.into_iter().map(read_to_end).collect();
    assert_eq!(end_of(child), End::Exited(ExitStatus::Code(0)));
    text
}

/// A folder that is gone when the test is.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("procs-test-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).unwrap();
        Folder(path)
    }

    pub fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    /// A file with this content, in a subfolder that is made for it. Another process writes it: while this one has a file open for
    /// writing, so may a child of another test that is not at its exec yet, and then the file cannot be executed (ETXTBSY).
    pub fn file(&self, name: &str, content: &str, mode: u32) -> String {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let args = [OsStr::new("-c"), OsStr::new("printf %s \"$1\" > \"$0\""), path.as_os_str(), OsStr::new(content)];
        assert!(std::process::Command::new("/bin/sh").args(args).status().unwrap().success());
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        self.path(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _left_behind = fs::remove_dir_all(&self.0);
    }
}

pub fn contents(path: impl AsRef<Path>) -> String {
    let mut text = String::new();
    File::open(path).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// Set in a process that [`alone`] or [`alone_again`] has started.
pub const ALONE: &str = "PROCS_TEST_ALONE";

/// Runs `body` in a process that does nothing else: other tests open descriptors and change limits all the time.
/// `name` is the test's own, as libtest knows it.
pub fn alone(name: &str, body: impl FnOnce()) {
    if std::env::var_os(ALONE).is_some() {
        return body();
    }
    let name = format!("process::tests::{name}");
    let mut again = std::process::Command::new(std::env::current_exe().unwrap());
    let output = again.args([name.as_str(), "--exact", "--nocapture", "--test-threads=1"]).env(ALONE, "1").output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("1 passed"), "{name} is not the name of a test: {said}");
}
