//! Anything in any order: bounds hold, nobody is forgotten, and what waits is done in the end.

use super::yard::*;
use crate::pool::crew::random::Random;
use crate::pool::crew::{Action, Sample, State, Why};
use crate::pool::settings::Settings;
use crate::process::ExitStatus;
use std::sync::Arc;

fn draw(random: &mut Random) -> Settings {
    let mut up_to = |most: usize| (random.fraction() * (most + 1) as f64) as usize;
    let max = 1 + up_to(5);
    let mut settings = settings(up_to(max), max);
    settings.spare_workers = up_to(2);
    settings.isolate = up_to(3) == 0;
    settings.idle_timeout = (up_to(1) == 0).then(|| ms(up_to(500) as u64));
    settings.max_tasks_per_worker = (up_to(1) == 0).then(|| 1 + up_to(20) as u64);
    settings.max_worker_lifetime = (up_to(2) == 0).then(|| ms(50 + up_to(1000) as u64));
    settings.max_memory_per_worker = (up_to(2) == 0).then_some(1000);
    settings.unresponsive_timeout = (up_to(2) == 0).then(|| ms(200));
    settings.hard_limit = (up_to(2) == 0).then(|| 1 + up_to(6));
    settings.max_restarts = (up_to(1) == 0).then(|| up_to(5) as u32);
    settings.restart_window = ms(2000);
    settings.recycle_jitter = 0.3;
    settings
}

/// What a dispatcher does with what waits.
fn hand_out(yard: &mut Yard, quotas: &std::collections::BTreeMap<u32, u64>) {
    for worker in yard.in_state(State::Open) {
        let load = yard.loads.get_mut(&worker).unwrap();
        if yard.load.queued > 0 && load.window == 0 && !load.spent {
            yard.load.queued -= 1;
            yard.load.running += 1;
            load.window = 1;
            load.idle_since = None;
            load.spent = load.done + 1 >= quotas[&worker];
        }
    }
}

fn check(yard: &Yard, settings: &Settings, seed: u64) {
    let workers = yard.crew.workers();
    let running = workers.iter().filter(|worker| matches!(worker.state, State::Open) || worker.window > 0 && !worker.state.is_ending());
    assert!(running.count() <= settings.max_workers, "{seed}: too many run tasks: {workers:?}");
    let most = settings.hard_limit.unwrap_or(3 * settings.max_workers + 64 + settings.spare_workers);
    assert!(workers.len() <= most, "{seed}: too many processes");
    let alive = workers.iter().filter(|worker| matches!(worker.state, State::Starting | State::Spare | State::Open));
    // One more in advance for those that are being replaced.
    assert!(alive.count() <= settings.max_workers + settings.spare_workers.max(settings.max_workers), "{seed}: too many alive");
}

#[test]
fn bounds_hold_and_all_is_done() {
    for seed in 0..150 {
        live(seed);
    }
}

fn live(seed: u64) {
    let mut random = Random::new(seed);
    let settings = draw(&mut random);
    let mut yard = Yard::with_cpus(&settings, 2);
    let mut quotas = std::collections::BTreeMap::new();
    let mut rejected = false;
    for step in 0..600 {
        let calm = step >= 400;
        let dice = (random.fraction() * 12.0) as u32;
        let pick = |ids: Vec<u32>, random: &mut Random| (!ids.is_empty()).then(|| ids[(random.fraction() * ids.len() as f64) as usize]);
        let anybody: Vec<u32> = yard.crew.workers().iter().map(|worker| worker.id).collect();
        match dice {
            0 if !calm => yard.load.queued += (random.fraction() * 30.0) as usize,
            1 if !calm => {
                if let Some(id) = pick(anybody, &mut random) {
                    gone(&mut yard, id, killed());
                }
            }
            2 if !calm => {
                if let Some(id) = pick(yard.in_state(State::Starting), &mut random) {
                    yard.crew.setup_failed(id, Arc::from("{}"), yard.now);
                }
            }
            3 if !calm => {
                if let Some(id) = pick(anybody, &mut random) {
                    yard.crew.condemn(id, Why::Protocol, yard.now);
                }
            }
            4 => {
                for id in anybody {
                    let sample = Sample { beats: Some(step), rss: (random.fraction() * 1100.0) as u64, ..Sample::default() };
                    yard.sample(id, sample);
                }
            }
            5 | 6 => {
                if let Some(id) = pick(yard.in_state(State::Starting), &mut random) {
                    yard.crew.up(id, yard.now);
                }
            }
            7 | 8 => {
                let ending: Vec<u32> = yard.in_state(State::Ending).into_iter().chain(yard.in_state(State::Killed)).collect();
                if let Some(id) = pick(ending, &mut random) {
                    gone(&mut yard, id, ExitStatus::Code(0));
                }
            }
            _ => answer_all(&mut yard),
        }
        yard.now += ms((random.fraction() * 40.0) as u64);
        rejected |= turn(&mut yard, &mut quotas, seed);
        check(&yard, &settings, seed);
    }
    // From here on all goes well: what waits must be done within bounded time.
    yard.load.queued += 3;
    for _ in 0..3000 {
        yard.now = yard.crew.next_deadline().map_or(yard.now, |next| next.max(yard.now)) + ms(1);
        for id in yard.in_state(State::Starting) {
            yard.crew.up(id, yard.now);
        }
        let ending: Vec<u32> = yard.in_state(State::Ending).into_iter().chain(yard.in_state(State::Killed)).collect();
        ending.into_iter().for_each(|id| gone(&mut yard, id, ExitStatus::Code(0)));
        for worker in yard.crew.workers().iter().map(|worker| worker.id).collect::<Vec<_>>() {
            let beats = yard.now.duration_since(yard.start).as_millis() as u32;
            yard.sample(worker, Sample { beats: Some(beats), ..Sample::default() });
        }
        answer_all(&mut yard);
        rejected |= turn(&mut yard, &mut quotas, seed);
        check(&yard, &settings, seed);
        if yard.load.queued + yard.load.running == 0 {
            break;
        }
    }
    assert_eq!(yard.load.queued + yard.load.running, 0, "{seed}: something waits for ever: {:?}", yard.crew);
    yard.crew.close();
    for _ in 0..10 {
        yard.decide();
        let ids: Vec<u32> = yard.crew.workers().iter().map(|worker| worker.id).collect();
        ids.into_iter().for_each(|id| gone(&mut yard, id, ExitStatus::Code(0)));
    }
    assert!(yard.crew.is_over(), "{seed}");
    let _ = rejected;
}

/// Decides as long as there is something to decide, as an engine does.
fn turn(yard: &mut Yard, quotas: &mut std::collections::BTreeMap<u32, u64>, seed: u64) -> bool {
    let mut rejected = false;
    hand_out(yard, quotas);
    count_spent(yard);
    let mut rounds = 0;
    while yard.crew.is_due(yard.now, &yard.load) && rounds < 3 {
        rounds += 1;
        let actions = yard.decide();
        if actions.is_empty() {
            break;
        }
        for action in actions {
            match action {
                Action::Open { worker, quota } => {
                    assert!(quotas.insert(worker, quota).is_none(), "{seed}: {worker} is opened twice");
                }
                Action::Reject(_) => {
                    rejected = true;
                    yard.load.queued = 0;
                }
                _ => {}
            }
        }
        hand_out(yard, quotas);
        count_spent(yard);
    }
    rejected
}

fn answer_all(yard: &mut Yard) {
    let ids: Vec<u32> = yard.loads.iter().filter(|(_, load)| load.window > 0).map(|(id, _)| *id).collect();
    for id in ids {
        yard.load.running -= 1;
        yard.answer(id);
    }
}

/// What it had begun is lost.
fn gone(yard: &mut Yard, id: u32, status: ExitStatus) {
    yard.load.running -= yard.loads.get(&id).map_or(0, |load| load.window);
    yard.gone(id, status);
}

fn count_spent(yard: &mut Yard) {
    let open = yard.in_state(State::Open);
    yard.load.spent = open.iter().filter(|id| yard.loads[id].spent).count();
}
