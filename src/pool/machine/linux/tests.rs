//! On files as kernels and containers show them, and on this machine as it is.

use super::*;
use std::fs;
use std::path::PathBuf;

struct Fake(PathBuf);

impl Fake {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("procs-machine-{}-{name}", std::process::id()));
        let fake = Fake(folder);
        fake.set("/proc/meminfo", "MemTotal:       16000000 kB\nMemFree:          100000 kB\nMemAvailable:    8000000 kB\n");
        fake.set("/proc/stat", "cpu  1000 0 500 8000 500 0 0 0 0 0\n");
        fake
    }

    fn set(&self, path: &str, text: &str) {
        let path = self.0.join(path.trim_start_matches('/'));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn machine(&self) -> Machine {
        Machine::at(Root::at(&self.0))
    }

    fn look(&self) -> Snapshot {
        self.machine().snapshot(Instant::now())
    }

    fn two(&self, path: &str) {
        self.set("/proc/self/cgroup", &format!("0::{path}\n"));
        self.set("/proc/self/mountinfo", "31 23 0:28 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n");
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        // Left behind in the folder for temporary files at worst.
        let _gone = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn without_cgroups_the_machine_is_the_limit() {
    let fake = Fake::new("bare");
    let seen = fake.look();
    assert_eq!((seen.available, seen.total), (Some(8_192_000_000), Some(16_384_000_000)));
    assert_eq!((seen.cpu, seen.memory_pressure), (None, None));
}

#[test]
fn the_smallest_limit_of_all_cgroups_of_version_2_holds_and_caches_do_not_count_as_used() {
    let fake = Fake::new("two");
    fake.two("/outer/inner");
    fake.set("/sys/fs/cgroup/outer/memory.max", "2000000000\n");
    fake.set("/sys/fs/cgroup/outer/memory.current", "1500000000\n");
    fake.set("/sys/fs/cgroup/outer/memory.stat", "anon 900000000\ninactive_file 300000000\nslab_reclaimable 100000000\n");
    fake.set("/sys/fs/cgroup/outer/inner/memory.max", "max\n");
    fake.set("/sys/fs/cgroup/outer/inner/memory.current", "1000\n");
    let seen = fake.look();
    assert_eq!((seen.available, seen.total), (Some(900_000_000), Some(2_000_000_000)));
    fake.set("/sys/fs/cgroup/outer/inner/memory.high", "500000\n");
    assert_eq!(fake.look().available, Some(499_000));
}

#[test]
fn a_cgroup_that_is_over_its_limit_has_nothing_left() {
    let fake = Fake::new("over");
    fake.two("/a");
    fake.set("/sys/fs/cgroup/a/memory.max", "1000\n");
    fake.set("/sys/fs/cgroup/a/memory.current", "2000\n");
    assert_eq!(fake.look().available, Some(0));
}

#[test]
fn version_1_is_read_as_well_also_where_a_container_sees_its_own_part_only() {
    let fake = Fake::new("one");
    fake.set("/proc/self/cgroup", "5:cpu,cpuacct:/docker/abc\n4:memory:/docker/abc\n1:name=systemd:/docker/abc\n");
    let mounts = "40 39 0:35 /docker/abc /sys/fs/cgroup/memory\\040one ro - cgroup cgroup rw,memory\n\
                  41 39 0:36 / /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu,cpuacct\n";
    fake.set("/proc/self/mountinfo", mounts);
    fake.set("/sys/fs/cgroup/memory one/memory.limit_in_bytes", "1000000\n");
    fake.set("/sys/fs/cgroup/memory one/memory.usage_in_bytes", "600000\n");
    fake.set("/sys/fs/cgroup/memory one/memory.stat", "cache 5\ntotal_inactive_file 100000\n");
    assert_eq!(fake.look().available, Some(500_000));
    fake.set("/sys/fs/cgroup/memory one/memory.limit_in_bytes", "9223372036854771712\n");
    assert_eq!(fake.look().available, Some(8_192_000_000));
}

#[test]
fn cpus_are_as_busy_as_they_were_since_the_last_look() {
    let fake = Fake::new("cpu");
    fake.set("/proc/pressure/cpu", "some avg10=12.50 avg60=0.00 avg300=0.00 total=1\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n");
    let (mut machine, start) = (fake.machine(), Instant::now());
    assert_eq!(machine.snapshot(start).cpu, Some(0.125));
    fake.set("/proc/stat", "cpu  1030 0 530 8030 510 0 0 0 0 0\n");
    assert_eq!(machine.snapshot(start + FRESH / 2).cpu, Some(0.125));
    assert_eq!(machine.snapshot(start + FRESH).cpu, Some(0.6));
}

#[test]
fn a_quota_that_is_used_up_makes_cpus_busy_that_are_not() {
    let fake = Fake::new("quota");
    fake.two("/a/b");
    fake.set("/sys/fs/cgroup/a/cpu.max", "50000 100000\n");
    fake.set("/sys/fs/cgroup/a/b/cpu.max", "max 100000\n");
    fake.set("/sys/fs/cgroup/a/b/cpu.stat", "usage_usec 1000000\nuser_usec 1\n");
    let (mut machine, start) = (fake.machine(), Instant::now());
    machine.snapshot(start);
    fake.set("/proc/stat", "cpu  1001 0 500 8099 500 0 0 0 0 0\n");
    fake.set("/sys/fs/cgroup/a/b/cpu.stat", "usage_usec 1400000\nuser_usec 1\n");
    let busy = machine.snapshot(start + Duration::from_secs(1)).cpu.unwrap();
    assert!((busy - 0.8).abs() < 1e-9, "{busy}");
    fake.set("/sys/fs/cgroup/a/b/cpu.pressure", "some avg10=100.00 avg60=1 avg300=1 total=1\nfull avg10=95.00 avg60=1 avg300=1 total=1\n");
    assert_eq!(machine.snapshot(start + Duration::from_secs(2)).cpu, Some(0.95));
}

#[test]
fn memory_pressure_is_the_larger_of_the_machines_and_the_cgroups() {
    let fake = Fake::new("pressure");
    fake.two("/a");
    fake.set("/proc/pressure/memory", "some avg10=10.00 avg60=0.00 avg300=0.00 total=1\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n");
    assert_eq!(fake.look().memory_pressure, Some(0.1));
    fake.set("/sys/fs/cgroup/a/memory.pressure", "some avg10=40.00 avg60=0.00 avg300=0.00 total=1\n");
    assert_eq!(fake.look().memory_pressure, Some(0.4));
}

#[test]
fn kills_for_want_of_memory_are_told_once_each_in_every_kind_of_file() {
    let fake = Fake::new("oom");
    fake.set("/proc/vmstat", "pgfault 7\noom_kill 3\n");
    let mut kills = OomKills::at(Root::at(&fake.0));
    assert!(!kills.take());
    fake.set("/proc/vmstat", "pgfault 7\noom_kill 5\n");
    assert_eq!([kills.take(), kills.take(), kills.take()], [true, true, false]);

    fake.two("/a");
    fake.set("/sys/fs/cgroup/a/memory.events", "low 0\nhigh 0\nmax 9\noom 1\noom_kill 1\noom_group_kill 0\n");
    let mut kills = OomKills::at(Root::at(&fake.0));
    fake.set("/sys/fs/cgroup/a/memory.events", "low 0\nhigh 0\nmax 9\noom 2\noom_kill 2\noom_group_kill 0\n");
    fake.set("/proc/vmstat", "pgfault 7\noom_kill 50\n");
    assert_eq!([kills.take(), kills.take()], [true, false]);
}

#[test]
fn this_machine_has_memory_and_cpus() {
    let seen = Machine::new().snapshot(Instant::now());
    let (available, total) = (seen.available.unwrap(), seen.total.unwrap());
    assert!(available > 0 && available <= total, "{available} of {total}");
    assert!(cpus() >= 1);
}

#[test]
fn a_process_is_seen_to_use_memory_and_time() {
    let mut child = std::process::Command::new("sh").args(["-c", "while :; do :; done"]).spawn().unwrap();
    let pid = child.id() as i32;
    let deadline = Instant::now() + Duration::from_secs(60);
    let seen = loop {
        let seen = sample(pid).unwrap();
        if !seen.cpu.is_zero() || Instant::now() > deadline {
            break seen;
        }
        std::thread::yield_now();
    };
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(seen.cpu > Duration::ZERO && seen.rss > 0 && seen.is_runnable, "{seen:?}");
    assert_eq!(sample(pid), None);
}
