use super::Mechanism;
use rustix::io::Errno;
use std::fmt::Write;

/// A member that is still there although it should not be, or that may not be signalled. Number 0: the search itself failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    pub pid: i32,
    pub command: String,
    pub errno: Errno,
}

/// What became of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    pub mechanism: Mechanism,
    /// How many processes got the signal.
    pub signalled: u32,
    pub left: Vec<Left>,
}

impl Report {
    pub(in crate::process) fn new(mechanism: Mechanism) -> Self {
        Report { mechanism, signalled: 0, left: Vec::new() }
    }

    pub(super) fn unless(mut self, result: Result<(), Errno>) -> Self {
        if let Err(errno) = result {
            self.left.push(Left { pid: 0, command: String::new(), errno });
        }
        self
    }

    /// A TreeReport of js/native.d.ts.
    pub fn to_json(&self) -> String {
        let mechanism = match self.mechanism {
            Mechanism::Mark => "mark",
            Mechanism::Group => "group",
        };
        let left: Vec<String> = self.left.iter().map(Left::to_json).collect();
        format!(r#"{{"mechanism":"{mechanism}","signalled":{},"left":[{}]}}"#, self.signalled, left.join(","))
    }
}

impl Left {
    fn to_json(&self) -> String {
        format!(r#"{{"pid":{},"command":{},"reason":"{}"}}"#, self.pid, quoted(&self.command), name_of(self.errno))
    }
}

fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            ' '.. => quoted.push(character),
            // Writing to a string does not fail.
            _ => drop(write!(quoted, "\\u{:04x}", character as u32)),
        }
    }
    quoted.push('"');
    quoted
}

fn name_of(errno: Errno) -> String {
    let name = match errno {
        Errno::PERM => "EPERM",
        Errno::ACCESS => "EACCES",
        Errno::TIMEDOUT => "ETIMEDOUT",
        Errno::MFILE => "EMFILE",
        Errno::NFILE => "ENFILE",
        Errno::NOMEM => "ENOMEM",
        Errno::NOENT => "ENOENT",
        Errno::INVAL => "EINVAL",
        Errno::SRCH => "ESRCH",
        errno => return format!("errno {}", errno.raw_os_error()),
    };
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_json_whatever_the_processes_are_called() {
        let left = Left { pid: 7, command: "a\"b\\c\n é".into(), errno: Errno::PERM };
        let report = Report { mechanism: Mechanism::Mark, signalled: 3, left: vec![left] };
        let expected = r#"{"mechanism":"mark","signalled":3,"left":[{"pid":7,"command":"a\"b\\c\u000a é","reason":"EPERM"}]}"#;
        assert_eq!(report.to_json(), expected);
    }
}
