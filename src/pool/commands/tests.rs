use super::*;
use crate::pool::machine::{Limits, Snapshot};

struct Said(Snapshot);

impl Surroundings for Said {
    fn snapshot(&mut self, _now: Instant) -> Snapshot {
        self.0
    }
}

const MB: u64 = 1 << 20;

fn settings(concurrency: usize) -> Settings {
    Settings { concurrency, hard_limit: None, max_queue: usize::MAX, machine: Limits::default(), ageing: None }
}

fn pushed(commands: &mut Commands, ids: impl IntoIterator<Item = u32>, now: Instant) {
    for id in ids {
        commands.push(id, 0, None, None, now).unwrap();
    }
}

fn started(commands: &mut Commands, now: Instant, surroundings: &mut dyn Surroundings) -> Vec<u32> {
    std::iter::from_fn(|| commands.next(now, surroundings)).collect()
}

fn nothing() -> Said {
    Said(Snapshot::default())
}

#[test]
fn so_many_run_at_once_and_the_next_when_one_is_over() {
    let now = Instant::now();
    let mut commands = Commands::new(settings(2), now);
    pushed(&mut commands, 1..=5, now);
    assert_eq!(started(&mut commands, now, &mut nothing()), [1, 2]);
    assert_eq!((commands.running(), commands.queued(), commands.wait(now)), (2, 3, None));
    commands.over(1, now);
    assert_eq!(started(&mut commands, now, &mut nothing()), [3]);
}

#[test]
fn the_hard_limit_is_above_concurrency_whatever_that_is_changed_to() {
    let now = Instant::now();
    let hard = |concurrency| Settings { hard_limit: Some(3), ..settings(concurrency) };
    let mut commands = Commands::new(hard(2), now);
    pushed(&mut commands, 1..=9, now);
    assert_eq!(started(&mut commands, now, &mut nothing()).len(), 2);
    commands.configure(hard(100));
    assert_eq!(started(&mut commands, now, &mut nothing()).len(), 1);
    commands.configure(hard(1));
    commands.over(1, now);
    commands.over(2, now);
    assert_eq!(started(&mut commands, now, &mut nothing()), [0; 0]);
    commands.over(3, now);
    assert_eq!(started(&mut commands, now, &mut nothing()), [4]);
}

#[test]
fn full_is_when_so_many_wait_besides_those_that_could_run() {
    let now = Instant::now();
    let mut commands = Commands::new(Settings { max_queue: 1, ..settings(2) }, now);
    pushed(&mut commands, 1..=3, now);
    assert_eq!(commands.push(4, 0, None, None, now), Err(Full));
    assert_eq!(started(&mut commands, now, &mut nothing()), [1, 2]);
    assert_eq!(commands.push(4, 0, None, None, now), Err(Full));
    commands.over(2, now);
    pushed(&mut commands, [4], now);
    assert_eq!(started(&mut commands, now, &mut nothing()), [3]);
    assert_eq!(commands.queued(), 1);
}

#[test]
fn priority_first_and_keys_in_turn() {
    let now = Instant::now();
    let mut commands = Commands::new(settings(100), now);
    let (a, b) = (Arc::from("a"), Arc::from("b"));
    for (id, priority, key) in [(1, 0, &a), (2, 0, &a), (3, 0, &b), (4, 5, &a)] {
        commands.push(id, priority, Some(key), None, now).unwrap();
    }
    assert_eq!(started(&mut commands, now, &mut nothing()), [4, 1, 3, 2]);
}

#[test]
fn who_waits_too_long_is_given_up_once() {
    let now = Instant::now();
    let second = Duration::from_secs(1);
    let mut commands = Commands::new(settings(1), now);
    commands.push(1, 0, None, Some(second), now).unwrap();
    commands.push(2, 0, None, Some(second), now).unwrap();
    commands.push(3, 0, None, Some(2 * second), now).unwrap();
    commands.push(4, 0, None, None, now).unwrap();
    assert_eq!(started(&mut commands, now, &mut nothing()), [1]);
    assert_eq!((commands.wait(now), commands.expired(now)), (Some(second), None));
    assert!(commands.remove(3));
    assert!(!commands.remove(3));
    // The first has begun in time.
    assert_eq!((commands.expired(now + second), commands.expired(now + 9 * second)), (Some(2), None));
    assert_eq!((commands.queued(), commands.wait(now)), (1, None));
}

#[test]
fn each_finds_the_memory_that_it_is_to_have_those_just_started_counted() {
    let now = Instant::now();
    let machine = Limits { min_memory_per_task: 100 * MB, max_cpu: None };
    let mut commands = Commands::new(Settings { machine, ..settings(10) }, now);
    pushed(&mut commands, 1..=5, now);
    let mut free = Said(Snapshot { available: Some(250 * MB), ..Snapshot::default() });
    assert_eq!(started(&mut commands, now, &mut free), [1, 2]);
    assert_eq!((commands.held(), commands.wait(now)), (Some(Scarce::Memory), Some(LOOK_AGAIN)));
    // By now they have what they take.
    free.0.available = Some(120 * MB);
    assert_eq!(started(&mut commands, now + SETTLING, &mut free), [3]);
    (1..=3).for_each(|id| commands.over(id, now));
    free.0.available = Some(99 * MB);
    assert_eq!(started(&mut commands, now + 3 * SETTLING, &mut free), [0; 0]);
    assert_eq!(commands.held(), Some(Scarce::Memory));
}

#[test]
fn busy_cpus_let_one_run_and_no_more() {
    let now = Instant::now();
    let machine = Limits { min_memory_per_task: 0, max_cpu: Some(0.9) };
    let mut commands = Commands::new(Settings { machine, ..settings(10) }, now);
    pushed(&mut commands, 1..=5, now);
    let mut busy = Said(Snapshot { cpu: Some(0.95), ..Snapshot::default() });
    assert_eq!(started(&mut commands, now, &mut busy), [1]);
    assert_eq!(commands.held(), Some(Scarce::Cpu));
    busy.0.cpu = Some(0.5);
    assert_eq!(started(&mut commands, now, &mut busy), [2, 3, 4, 5]);
    assert_eq!((commands.held(), commands.wait(now)), (None, None));
}

#[test]
fn waits_and_runs_are_timed() {
    let now = Instant::now();
    let second = Duration::from_secs(1);
    let mut commands = Commands::new(settings(1), now);
    pushed(&mut commands, 1..=3, now);
    assert_eq!(commands.next(now, &mut nothing()), Some(1));
    commands.over(1, now + second);
    assert_eq!(commands.next(now + 3 * second, &mut nothing()), Some(2));
    let stats: serde_json::Value = serde_json::from_str(&commands.stats()).unwrap();
    assert_eq!((&stats["queued"], &stats["running"], &stats["held"]), (&1.into(), &1.into(), &serde_json::Value::Null));
    assert_eq!((&stats["waitTime"]["count"], &stats["waitTime"]["sum"]), (&2.into(), &3000.0.into()));
    assert_eq!((&stats["runTime"]["count"], &stats["runTime"]["sum"]), (&1.into(), &1000.0.into()));
}

#[test]
fn settings_as_javascript_has_them() {
    let json = r#"{"concurrency":4,"hardLimit":null,"maxQueue":null,"minMemoryPerTask":1000,"maxCpuThreshold":0.5,"ageing":1500}"#;
    let machine = Limits { min_memory_per_task: 1000, max_cpu: Some(0.5) };
    let expected = Settings { machine, ageing: Some(Duration::from_millis(1500)), ..settings(4) };
    assert_eq!(Settings::from_json(json), Some(expected));
    assert_eq!(Settings::from_json("{}"), None);
}
