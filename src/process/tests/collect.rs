use super::support::{alone, command, end_of, sh};
use crate::command::{Command, Stdio};
use crate::process::collect::{Collected, Ending, Finished, Plan, Stream, Text};
use crate::process::{pipe, socket, Child, Spawned};
use rustix::io::{write, Errno};
use std::os::fd::OwnedFd;
use std::sync::mpsc::{channel, Receiver};
use std::sync::Arc;
use std::time::Duration;

const ALL: Plan = Plan { limit: usize::MAX, text: false };
const TEXT: Plan = Plan { text: true, ..ALL };
/// Longer than anything here takes on a busy machine: reached only by what hangs.
const AT_MOST: Duration = Duration::from_secs(20);

struct Watched {
    stream: Arc<Stream>,
    told: Receiver<Ending>,
}

impl Watched {
    fn new(fd: OwnedFd, plan: Plan, partner: Option<&Watched>) -> Watched {
        let (tell, told) = channel();
        let tell = Box::new(move |ending| tell.send(ending).unwrap_or(()));
        Watched { stream: Stream::collect(fd, plan, partner.map(|partner| &partner.stream), tell).unwrap(), told }
    }

    /// As JavaScript does at a child's end.
    fn ending(&self) -> Ending {
        match self.stream.finish() {
            Finished::Over(ending) => ending,
            Finished::GoesOn | Finished::Decoding => self.told.recv_timeout(AT_MOST).expect("it ends"),
        }
    }

    fn bytes(&self) -> Vec<u8> {
        match self.stream.take(false) {
            Collected::Bytes { bytes, .. } => bytes.as_slice().to_vec(),
            Collected::Text(text) => text.into_source().unwrap().as_slice().to_vec(),
        }
    }
}

fn start(command: Command, plan: Plan) -> (Child, Watched) {
    let Spawned { child, mut pipes } = Child::spawn(Command { stdio: vec![Stdio::Ignore, Stdio::Pipe, Stdio::Ignore], ..command }).unwrap();
    (child, Watched::new(pipes.pop().unwrap(), plan, None))
}

#[test]
fn what_a_short_command_wrote_is_there_at_its_end() {
    let (child, stream) = start(sh("echo hello"), ALL);
    end_of(child);
    assert_eq!(stream.stream.finish(), Finished::Over(Ending::AtEnd));
    assert_eq!((stream.stream.received(), stream.bytes()), (6, b"hello\n".to_vec()));
}

#[test]
fn what_fills_every_buffer_is_read_while_nobody_asks() {
    let (child, stream) = start(command("/usr/bin/head", &["-c", "9000000", "/dev/zero"]), ALL);
    // It could not end if nobody read.
    end_of(child);
    assert_eq!(stream.ending(), Ending::AtEnd);
    assert_eq!(stream.bytes(), vec![0; 9_000_000]);
}

#[test]
fn a_stream_that_is_kept_open_is_told_of_when_it_ends() {
    let (ours, theirs) = socket::pair().unwrap();
    let stream = Watched::new(ours, ALL, None);
    write(&theirs, b"so far").unwrap();
    assert_eq!(stream.stream.finish(), Finished::GoesOn);
    assert_eq!(stream.stream.received(), 6);
    drop(theirs);
    assert_eq!(stream.told.recv_timeout(AT_MOST), Ok(Ending::AtEnd));
    assert_eq!(stream.stream.finish(), Finished::Over(Ending::AtEnd));
}

#[test]
fn the_head_is_kept_up_to_the_limit_and_the_writer_is_left_waiting() {
    let (child, stream) = start(command("/usr/bin/yes", &[]), Plan { limit: 1001, ..ALL });
    let mut child = child;
    assert_eq!(stream.told.recv_timeout(AT_MOST), Ok(Ending::OverLimit));
    assert_eq!(child.try_wait(), Ok(None));
    child.signal(libc::SIGTERM).unwrap();
    end_of(child);
    assert_eq!(stream.bytes(), b"y\n".repeat(501)[..1001]);
}

#[test]
fn as_many_bytes_as_the_limit_are_not_too_many() {
    for (limit, ending) in [(5, Ending::AtEnd), (4, Ending::OverLimit), (0, Ending::OverLimit)] {
        let (child, stream) = start(sh("printf 12345"), Plan { limit, ..ALL });
        end_of(child);
        assert_eq!(stream.stream.finish(), Finished::Over(ending));
        assert_eq!(stream.bytes(), b"12345"[..limit]);
    }
}

#[test]
fn a_stream_that_is_taken_over_goes_on_elsewhere() {
    let (ours, theirs) = socket::pair().unwrap();
    let stream = Watched::new(ours, ALL, None);
    write(&theirs, b"before").unwrap();
    assert_eq!(stream.stream.finish(), Finished::GoesOn);
    let fd = stream.stream.take_over().unwrap();
    assert!(stream.stream.take_over().is_none());
    write(&theirs, b"after").unwrap();
    drop(theirs);
    assert_eq!(super::support::read_to_end(fd), "after");
    assert_eq!(stream.bytes(), b"before");
}

#[test]
fn a_stream_that_is_over_cannot_be_taken_over() {
    let (child, stream) = start(sh("exit 0"), ALL);
    end_of(child);
    assert_eq!(stream.stream.finish(), Finished::Over(Ending::AtEnd));
    assert!(stream.stream.take_over().is_none());
}

#[test]
fn pipes_are_read_as_well() {
    let (reader, writer) = pipe().unwrap();
    let stream = Watched::new(reader, ALL, None);
    write(&writer, b"piped").unwrap();
    drop(writer);
    assert_eq!(stream.ending(), Ending::AtEnd);
    assert_eq!(stream.bytes(), b"piped");
}

#[test]
fn what_cannot_be_read_says_why() {
    let (_reader, writer) = pipe().unwrap();
    let stream = Watched::new(writer, ALL, None);
    assert_eq!(stream.ending(), Ending::Failed(Errno::BADF));
}

#[test]
fn large_text_is_decoded_before_it_is_over() {
    let text = "größer ".repeat(100_000);
    let (ours, theirs) = socket::pair().unwrap();
    let stream = Watched::new(ours, TEXT, None);
    let written = text.clone();
    let writer = std::thread::spawn(move || {
        let mut rest = written.as_bytes();
        while !rest.is_empty() {
            rest = &rest[write(&theirs, rest).unwrap()..];
        }
    });
    assert_eq!(stream.told.recv_timeout(AT_MOST), Ok(Ending::AtEnd));
    writer.join().unwrap();
    let Collected::Text(Text::Latin1(bytes)) = stream.stream.take(true) else { panic!("it is Latin-1") };
    assert!(bytes.as_slice().iter().map(|byte| char::from(*byte)).eq(text.chars()));
}

#[test]
fn partners_are_put_together_in_the_order_in_which_they_wrote() {
    let ((ours, theirs), (ours_too, theirs_too)) = (socket::pair().unwrap(), socket::pair().unwrap());
    let one = Watched::new(ours, ALL, None);
    let other = Watched::new(ours_too, ALL, Some(&one));
    for (writer, stream, piece) in [(&theirs, &one, "a"), (&theirs_too, &other, "b"), (&theirs, &one, "c"), (&theirs_too, &other, "d")] {
        let before = stream.stream.received();
        write(writer, piece.as_bytes()).unwrap();
        while stream.stream.received() == before {
            // Reads it, or finds that the thread has.
            assert_eq!(stream.stream.finish(), Finished::GoesOn);
        }
    }
    for stream in [&one, &other] {
        assert_eq!(stream.stream.with_partner(false).unwrap().unwrap().as_slice(), b"abcd");
    }
    assert_eq!((one.bytes(), other.bytes()), (b"ac".to_vec(), b"bd".to_vec()));
}

#[test]
fn nothing_is_left_open() {
    alone("collect::nothing_is_left_open", || {
        let open_descriptors = || std::fs::read_dir("/proc/self/fd").unwrap().count();
        let round = || {
            for end in [Watched::ending as fn(&Watched) -> Ending, |stream| {
                stream.stream.close();
                Ending::AtEnd
            }] {
                let (child, stream) = start(sh("head -c 300000 /dev/zero"), ALL);
                // A reader that is gone is its end as well.
                end(&stream);
                end_of(child);
                stream.stream.close();
            }
        };
        // The collector's own stay.
        round();
        let before = open_descriptors();
        for _ in 0..3 {
            round();
        }
        assert_eq!(open_descriptors(), before);
    });
}
