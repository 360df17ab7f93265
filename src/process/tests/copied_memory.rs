//! Where clone may not share memory (an emulator, a seccomp filter), children get a copy of it, and all else stays as it is.

use super::support::{alone, command, end_of, output_of, refusal, sh, spawn, Folder};
use crate::command::{Command, Limits, Resource, ResourceLimit};
use crate::process::{mechanism, End, ExitStatus, SpawnError, Step};
use rustix::io::Errno;

/// From here on, this thread's clone is EPERM when it asks for shared memory, unless it is for a thread.
fn forbid_sharing_memory() {
    let load = |offset| statement(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, offset);
    let answer = |action| statement(libc::BPF_RET | libc::BPF_K, action);
    let unless_equal = |value, skip| libc::sock_filter { jf: skip, ..statement(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, value) };
    let number = std::mem::offset_of!(libc::seccomp_data, nr) as u32;
    // The lower half of the first argument, on a little-endian machine.
    let flags = std::mem::offset_of!(libc::seccomp_data, args) as u32;
    let mut filter = [
        load(number),
        unless_equal(libc::SYS_clone as u32, 4),
        load(flags),
        statement(libc::BPF_ALU | libc::BPF_AND | libc::BPF_K, (libc::CLONE_VM | libc::CLONE_THREAD) as u32),
        unless_equal(libc::CLONE_VM as u32, 1),
        answer(libc::SECCOMP_RET_ERRNO | libc::EPERM as u32),
        answer(libc::SECCOMP_RET_ALLOW),
    ];
    let program = libc::sock_fprog { len: filter.len() as u16, filter: filter.as_mut_ptr() };
    // SAFETY: a valid program, copied by the kernel.
    unsafe {
        assert_eq!(libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
        assert_eq!(libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const program), 0);
    }
}

fn statement(code: u32, k: u32) -> libc::sock_filter {
    libc::sock_filter { code: code as u16, jt: 0, jf: 0, k }
}

#[test]
fn children_start_end_and_fail_as_ever() {
    alone("copied_memory::children_start_end_and_fail_as_ever", || {
        let folder = Folder::new();
        let late = folder.file("late", &format!("#!{}\n", folder.path("")), 0o755);
        forbid_sharing_memory();
        assert_eq!(output_of(sh("echo copied")), "copied\n");
        assert_eq!(mechanism(), "fork");

        let mut sleeper = spawn(command("/bin/sleep", &["60"]));
        sleeper.signal(libc::SIGSEGV).unwrap();
        assert_eq!(end_of(sleeper), End::Exited(ExitStatus::Signal(libc::SIGSEGV)));

        let error = SpawnError { step: Step::Exec, errno: Errno::ACCESS };
        assert_eq!(end_of(spawn(command(&late, &[]))), End::NotStarted(error));
        assert_eq!(refusal(command("/no/such/program", &[])).errno, Errno::NOENT);

        let many: Vec<_> = (0..50).map(|code| (code, spawn(sh(&format!("exit {code}"))))).collect();
        for (code, child) in many {
            assert_eq!(end_of(child), End::Exited(ExitStatus::Code(code)));
        }
    });
}

#[test]
fn limits_are_the_childs_there_too() {
    alone("copied_memory::limits_are_the_childs_there_too", || {
        forbid_sharing_memory();
        let resource = Resource::OpenFiles;
        let limits = Limits { resources: vec![ResourceLimit { resource, soft: 40, hard: Some(41) }], ..Limits::default() };
        assert_eq!(output_of(Command { limits, ..sh("ulimit -Sn; ulimit -Hn") }), "40\n41\n");
        assert_eq!(mechanism(), "fork");
    });
}
