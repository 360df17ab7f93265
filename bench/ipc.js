'use strict';
// Our channel beside stock fork() in both serializations, execa's IPC and worker_threads: small and large messages one way, round trips,
// an unmodified script on our transport; and a C program's echo over a socket, which is what the kernel asks for.

const { runBench } = require('./lib/bench');
const { compile } = require('./lib/compile');
const { runMeasure, runProgram } = require('./lib/fresh');
const { peer } = require('./lib/peers');
const { allowedCpus, cannotPlace } = require('./lib/placement');

const PLACES = { __proto__: null, 0: 'anywhere', 1: 'one CPU', 2: 'two CPUs' };

/** How many of a payload make one measurement, and how many are sent before the sender waits. */
const SIZES = {
  __proto__: null,
  small: { count: 400_000, warmup: 40_000, burst: 500 },
  '1 KB object': { count: 80_000, warmup: 8000, burst: 100 },
  '64 KB string': { count: 6000, warmup: 600, burst: 16 },
  '64 KB Buffer': { count: 12_000, warmup: 1200, burst: 16 },
  '1 MB Buffer': { count: 1500, warmup: 150, burst: 4 },
  '16 MB Buffer': { count: 60, warmup: 6, burst: 1 },
};

function context({ ours, smoke }, { path: node, major }) {
  const execa = peer('execa', major);
  const start = (subject, measure, parameters) => () => runMeasure(node, measure, { subject, ours, execa: execa.path, ...parameters });
  return { execa, smoke, start };
}

/** @param {Record<string, { name?: string, target?: object }>} peers by subject; `name` where ours is another subject than 'ours' */
function rateGroup({ execa, smoke, start }, payload, direction, peers, { ours = 'ours', text = payload, parameters = {} } = {}) {
  const size = smoke ? { count: 20, warmup: 5, burst: 5 } : SIZES[payload];
  const common = { payload, direction, ...size };
  const subjects = { ours: start(ours, 'ipc-rate', { ...common, ...parameters }) };
  for (const name of Object.keys(peers)) {
    if (name !== 'execa' || execa.path) subjects[name] = start(name, 'ipc-rate', common);
  }
  return {
    subjects,
    figures: Object.entries(peers).map(([name, target]) => ({
      name: `${text} ${direction === 'to' ? 'to the child' : 'from the child'}`,
      unit: '/s',
      key: 'rate',
      compare: 'ratio',
      peer: name,
      target,
      unless: execa.skipped,
    })),
  };
}

function roundGroup({ smoke, start }, payload, cpus, peers, ours = 'ours') {
  const parameters = {
    payload,
    cpus,
    ...(smoke ? { count: 50, warmup: 5 } : payload === 'small' ? { count: 20_000, warmup: 4000 } : { count: 400, warmup: 50 }),
  };
  const subjects = { ours: start(ours, 'ipc-round', parameters) };
  for (const name of Object.keys(peers)) {
    if (name !== 'C') subjects[name] = start(name, 'ipc-round', parameters);
  }
  const { program, skipped } = compile('socket_echo');
  const [first, second = first] = cpus === 0 ? [-1] : [allowedCpus()[0], allowedCpus()[cpus - 1]];
  if ('C' in peers && program) subjects.C = () => runProgram(program, [`${parameters.count}`, `${first}`, `${second}`]);
  return {
    subjects,
    skipped: cpus > 0 ? cannotPlace() : undefined,
    figures: Object.entries(peers).map(([name, target]) => ({
      name: `round trip p50, ${payload}, ${PLACES[cpus]}${ours === 'ours' ? '' : `, ${ours}`}`,
      unit: 'us',
      key: 'p50',
      compare: 'ratio',
      peer: name,
      target,
      unless: skipped,
    })),
  };
}

function groups(args, node) {
  const here = context(args, node);
  const small = { 'stock json': { atLeast: 5 }, 'stock advanced': { atLeast: 5 }, execa: { atLeast: 5 }, worker_threads: { atLeast: 1.5 } };
  return [
    rateGroup(here, 'small', 'to', small),
    rateGroup(here, 'small', 'from', small),
    roundGroup(here, 'small', 1, { 'stock json': { atMost: 0.7 }, 'stock advanced': { atMost: 0.7 }, C: undefined }),
    roundGroup(here, 'small', 2, { 'stock json': { atMost: 0.2 }, 'stock advanced': { atMost: 0.2 }, C: undefined }),
    roundGroup(here, 'small', 0, { 'stock json': undefined, worker_threads: undefined, C: undefined }),
    rateGroup(here, 'small', 'from', { 'stock json': { atLeast: 4 } }, { ours: 'fast', text: 'small, an unmodified script,' }),
    rateGroup(here, 'small', 'to', { 'stock json': undefined }, { ours: 'fast', text: 'small, an unmodified script,' }),
    rateGroup(
      here,
      'small',
      'from',
      { 'stock advanced': undefined },
      { ours: 'fast advanced', text: 'small, an unmodified script, advanced,' },
    ),
    rateGroup(here, '1 KB object', 'to', { 'stock json': { atLeast: 1.5 }, worker_threads: undefined }),
    rateGroup(here, '1 KB object', 'from', { 'stock json': { atLeast: 1.5 } }),
    rateGroup(here, '64 KB string', 'to', { 'stock json': { atLeast: 4 }, 'stock advanced': undefined }),
    rateGroup(here, '64 KB Buffer', 'to', { 'stock advanced': { atLeast: 3 }, worker_threads: undefined }),
    rateGroup(here, '1 MB Buffer', 'to', { 'stock advanced': { atLeast: 8 }, worker_threads: undefined }),
    rateGroup(here, '16 MB Buffer', 'to', { 'stock advanced': { atLeast: 4 }, worker_threads: undefined }),
    rateGroup(
      here,
      '16 MB Buffer',
      'to',
      { 'stock advanced': { atLeast: 100 } },
      {
        text: '16 MB Buffer, made by alloc() and released,',
        parameters: { alloc: true, release: true, ...(args.smoke ? {} : { count: 2000, warmup: 100 }) },
      },
    ),
    roundGroup(here, '64 KB Buffer', 0, { 'stock advanced': undefined }),
    roundGroup(here, '1 MB Buffer', 0, { 'stock advanced': undefined }),
  ];
}

runBench({ title: 'ipc: our channel', rounds: 3, groups });
