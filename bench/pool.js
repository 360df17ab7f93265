'use strict';
// Our pool beside those that people use, with two workers each: tasks per second and what one costs the JavaScript thread, one at a time,
// objects and bytes, work for the CPU, the first result, a worker that is killed, a parent that is blocked, memory of what waits.

const { runBench } = require('./lib/bench');
const { PAR } = require('./lib/figures');
const { runMeasure } = require('./lib/fresh');
const { peer } = require('./lib/peers');
const { unitsFor } = require('./lib/pool/work');

const WORKERS = 2;
const PACKAGES = ['tinypool', 'workerpool', 'jest-worker', 'poolifier', 'piscina'];
/** Pools of processes. "fork, batched" is none of them: it is what remains to be beaten without any of ours. */
const PROCESSES = ['tinypool', 'workerpool', 'jest-worker', 'poolifier', 'fork + send'];
const PEERS = [...PROCESSES, 'piscina', 'fork, batched'];
const BEST = 'best process pool';
const MB = 1024 * 1024;

function context({ ours: module, smoke, seconds }, { path: node, major }) {
  const found = Object.fromEntries(PACKAGES.map((name) => [name, peer(name, major)]));
  const start = (subject, name, parameters, flags) => () =>
    runMeasure(
      node,
      name,
      { subject: subject === 'ours, prefetch 0' ? 'ours' : subject, module, peer: found[subject]?.path, ...parameters },
      flags,
    );
  const there = (names) => names.filter((name) => found[name] === undefined || found[name].path !== undefined);
  const missing = (name) => found[name]?.skipped;
  return { start, there, missing, smoke, seconds };
}

/** Runs every peer that is there; the best of those that are processes, in each round, is a subject of its own. */
function besidePeers({ start, there }, measure, parameters, { key, higher, peers = PEERS, ours = 'ours', options }) {
  let round = {};
  const keep = (name, run) => () => {
    round[name] = run();
    return round[name];
  };
  const subjects = { ours: start(ours, measure, { ...parameters, options }) };
  for (const name of there(peers)) subjects[name] = keep(name, start(name, measure, parameters));
  const processes = there(peers.filter((name) => PROCESSES.includes(name)));
  if (processes.length > 0) {
    subjects[BEST] = () => {
      const samples = processes.map((name) => round[name]);
      round = {};
      return samples.reduce((best, sample) => (sample[key] > best[key] === higher ? sample : best));
    };
  }
  return subjects;
}

function rateGroup(here, text, parameters, targets, { ours, options, cpuTarget, peers = PEERS } = {}) {
  const subjects = besidePeers(here, 'pool-rate', { workers: WORKERS, ...parameters }, { key: 'rate', higher: true, ours, options, peers });
  const names = [BEST, ...peers];
  const figures = names.map((name) => ({
    name: text,
    unit: '/s',
    key: 'rate',
    compare: 'ratio',
    peer: name,
    target: targets[name],
    unless: here.missing(name),
  }));
  if (cpuTarget) {
    for (const name of peers) {
      figures.push({
        name: `${text}: CPU of the JavaScript thread, each`,
        unit: 'us',
        key: 'cpu',
        compare: 'ratio',
        peer: name,
        // At most 1/5 of the best is at most 1/5 of each.
        target: name === 'fork, batched' ? undefined : cpuTarget,
        unless: here.missing(name),
      });
    }
  }
  return { subjects, figures };
}

/** How many tasks, for about as many seconds as are wanted of who does `perSecond` of them. */
const sized = ({ smoke, seconds }, perSecond, least = 20) =>
  smoke
    ? { count: least, warmup: Math.ceil(least / 4) }
    : { count: Math.ceil(perSecond * seconds), warmup: Math.ceil(perSecond * seconds * 0.25) };

function simple(here, text, measure, parameters, { key, unit, compare = 'ratio', target, targets = {}, peers = PEERS }) {
  const subjects = besidePeers(here, measure, { workers: WORKERS, ...parameters }, { key, higher: false, peers });
  const names = subjects[BEST] ? [BEST, ...peers] : peers;
  return {
    subjects,
    figures: names.map((name) => ({
      name: text,
      unit,
      key,
      compare,
      peer: name,
      target: targets[name] ?? target,
      unless: here.missing(name),
    })),
  };
}

function cold(here) {
  const first = simple(
    here,
    'from new Pool to the first result',
    'pool-cold',
    {},
    { key: 'first', unit: 'ms', targets: { [BEST]: PAR.noMore } },
  );
  const loading = first.figures.map((figure) => ({
    ...figure,
    name: 'the same, with the loading of the package',
    key: 'withLoading',
  }));
  return { subjects: first.subjects, figures: [...first.figures, ...loading] };
}

function burn(here) {
  const parameters = { workers: WORKERS, units: unitsFor(1), ...sized(here, 1500, 8) };
  return {
    subjects: {
      ours: here.start('ours', 'pool-burn', parameters),
      'two loops': here.start('loops', 'pool-burn', parameters),
      ...Object.fromEntries(here.there(PEERS).map((name) => [name, here.start(name, 'pool-burn', parameters)])),
    },
    figures: [
      { name: '1 ms of CPU each', unit: '/s', key: 'rate', compare: 'ratio', peer: 'two loops', target: { atLeast: 0.97 } },
      ...PEERS.map((name) => ({
        name: '1 ms of CPU each',
        unit: '/s',
        key: 'rate',
        compare: 'ratio',
        peer: name,
        unless: here.missing(name),
      })),
    ],
  };
}

function spare(here) {
  const parameters = { count: here.smoke ? 2 : 30 };
  return {
    subjects: { ours: here.start('ours', 'pool-spare', parameters), 'fork again': here.start('fork again', 'pool-spare', parameters) },
    figures: [
      {
        name: 'kill -9 of a worker to the next result, with a spare, p50',
        unit: 'ms',
        key: 'p50',
        compare: 'value',
        peer: 'fork again',
        target: { atMost: 5 },
      },
      { name: 'the same, the slowest', unit: 'ms', key: 'most', compare: 'value', peer: 'fork again' },
    ],
  };
}

function blocked(here, how, workers) {
  const milliseconds = here.smoke ? 20 : 2000;
  // As many as take half as long again.
  const count = here.smoke ? 2000 : 100_000;
  const units = Math.max(1, Math.round((unitsFor(1) * milliseconds * workers * 1.6) / count));
  const parameters = { workers, count, units, milliseconds, how };
  const names = ['fork + send', 'piscina'];
  return {
    subjects: Object.fromEntries(['ours', ...here.there(names)].map((name) => [name, here.start(name, 'pool-blocked', parameters)])),
    figures: names.map((name) => ({
      name: `JavaScript blocked for ${milliseconds / 1000} s (it ${how}), ${workers} workers: done of what is done otherwise`,
      unit: '%',
      key: 'share',
      compare: 'value',
      peer: name,
      target: { atLeast: 90 },
      unless: here.missing(name),
    })),
  };
}

function memory(here) {
  const parameters = { count: here.smoke ? 20_000 : 1_000_000, limit: (here.smoke ? 8 : 64) * MB };
  const figure = (name, unit, key, target) => ({ name, unit, key, compare: 'value', peer: 'ours', target });
  return {
    subjects: { ours: here.start('ours', 'pool-memory', parameters, ['--expose-gc']) },
    figures: [
      // Smoke says nothing about bytes a task: a page that is touched for the first time counts for all of them.
      figure('a small task that waits, outside of the heap', 'bytes', 'bytes', { atMost: 200 }),
      figure('what is left of it when the pool is gone', 'bytes', 'kept'),
      figure('such tasks taken', '/s', 'submitted'),
      figure('twice maxQueuedBytes asked for: accepted, in maxQueuedBytes', 'x', 'accepted', { atMost: 1.02 }),
      figure('the same: memory outside of the heap, in maxQueuedBytes', 'x', 'grown', { atMost: 1.5 }),
    ],
  };
}

function groups(args, node) {
  const here = context(args, node);
  const atOnce = 64;
  const five = { [BEST]: { atLeast: 5 }, piscina: { atLeast: 5 }, 'fork, batched': { atLeast: 1 } };
  const add = { payload: 'add', ...sized(here, 40_000, 200) };
  return [
    rateGroup(here, `trivial tasks, ${atOnce} callers`, { ...add, atOnce }, five, { cpuTarget: { atMost: 0.2 } }),
    rateGroup(here, 'trivial tasks, all at once', { ...add, atOnce: add.count }, five, { cpuTarget: { atMost: 0.2 } }),
    rateGroup(
      here,
      `trivial tasks, ${atOnce} callers, prefetch: 0`,
      { ...add, atOnce },
      { [BEST]: { atLeast: 1.2 } },
      {
        ours: 'ours, prefetch 0',
        options: { prefetch: 0 },
      },
    ),
    simple(here, 'one at a time, p50', 'pool-latency', sized(here, 15_000), {
      key: 'p50',
      unit: 'us',
      targets: { piscina: PAR.noMore },
    }),
    rateGroup(
      here,
      '1 KB objects there and back',
      { payload: '1 KB object', atOnce, ...sized(here, 15_000) },
      { [BEST]: { atLeast: 2.5 } },
    ),
    rateGroup(
      here,
      '1 MB Buffers there and back',
      { payload: '1 MB Buffer', atOnce: 8, ...sized(here, 400) },
      { [BEST]: { atLeast: 4 }, piscina: { atLeast: 1.5 } },
      { peers: PEERS.filter((name) => name !== 'fork, batched') },
    ),
    rateGroup(
      here,
      '1 MB Buffers there',
      { payload: '1 MB Buffer there', atOnce: 8, ...sized(here, 700) },
      { [BEST]: { atLeast: 4 }, piscina: { atLeast: 1.5 } },
      { peers: PEERS.filter((name) => name !== 'fork, batched') },
    ),
    burn(here),
    cold(here),
    spare(here),
    blocked(here, 'sleeps', 2),
    blocked(here, 'computes', 1),
    memory(here),
  ];
}

runBench({
  title: 'pool: two workers',
  rounds: 5,
  numbers: { seconds: { full: 2, smoke: 1, help: 'of tasks in a measurement, for a peer of middling speed' } },
  groups,
});
