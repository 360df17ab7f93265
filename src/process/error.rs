use rustix::io::Errno;

/// The step of a start that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Step {
    Lookup = 1,
    Cwd = 2,
    Stdio = 3,
    Credentials = 4,
    Clone = 5,
    Exec = 6,
    Limits = 7,
}

impl Step {
    /// From the number a child left in its report.
    pub(crate) fn from_report(number: i32) -> Step {
        match number {
            2 => Step::Cwd,
            3 => Step::Stdio,
            4 => Step::Credentials,
            7 => Step::Limits,
            _ => Step::Exec,
        }
    }
}

/// Why a program was not started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {errno}", match .step {
    Step::Lookup => "the program cannot be executed",
    Step::Cwd => "the working directory cannot be entered",
    Step::Stdio => "the file descriptors cannot be set up",
    Step::Credentials => "uid or gid cannot be changed",
    Step::Clone => "no process can be created",
    Step::Exec => "the program cannot be executed",
    Step::Limits => "its limits cannot be set",
})]
pub struct SpawnError {
    pub step: Step,
    pub errno: Errno,
}

impl SpawnError {
    pub(crate) fn at(step: Step) -> impl Fn(Errno) -> SpawnError {
        move |errno| SpawnError { step, errno }
    }
}
