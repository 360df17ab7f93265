'use strict';
// What becomes of tasks when something goes wrong with a pool's only worker: one task is under way, 20 wait. Ours beside those that people
// use. Not a figure but a table; exit code 1 when ours hangs, or loses what only waited.

const path = require('node:path');
const { spawn, spawnSync } = require('node:child_process');
const { once } = require('node:events');
const { readArgs } = require('./lib/args');
const { describeMachine } = require('./lib/machine');
const { peer } = require('./lib/peers');

const FAULTS = ['kill -9, busy', 'kill -9, idle', 'process.exit()', 'out of heap', 'garbage on the channel'];
const ORPHAN = 'endless, and the parent is killed';
const PACKAGES = ['tinypool', 'workerpool', 'jest-worker', 'poolifier', 'piscina'];
/** Threads have no process to kill and no channel to write to. */
const NOT_FOR_THREADS = new Set(['kill -9, busy', 'kill -9, idle', 'garbage on the channel', ORPHAN]);

const measure = (name) => path.join(__dirname, 'measure', `${name}.js`);

function fault(node, parameters, deadline) {
  const { status, signal, stdout, stderr, error } = spawnSync(node, [measure('pool-fault'), JSON.stringify({ ...parameters, deadline })], {
    encoding: 'utf8',
    timeout: deadline * 3 + 10_000,
    killSignal: 'SIGKILL',
    env: { ...process.env, NODE_OPTIONS: '--max-old-space-size=48' },
  });
  if (error?.code === 'ETIMEDOUT') return 'the program hangs';
  if (status !== 0) {
    const [why = ''] = /^\w*Error.*$/m.exec(stderr) ?? [];
    return `the program ends (${signal ?? `exit code ${status}`}) ${why}`.trimEnd();
  }
  const { victim, results, errors, hang } = JSON.parse(stdout.trimEnd().split('\n').pop());
  const behind = [results && `${results} results`, errors && `${errors} errors`, hang && `${hang} hang`].filter(Boolean).join(', ');
  return `${victim}; behind it ${behind}`;
}

function isThere(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
    return false;
  }
}

async function orphan(node, parameters, deadline) {
  const program = spawn(node, [measure('pool-orphan'), JSON.stringify(parameters)], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [first] = await Promise.race([once(program.stdout, 'data'), once(program, 'exit').then(() => [])]);
  if (first === undefined) return 'the program ends';
  const pid = JSON.parse(first);
  const ended = once(program, 'exit');
  program.kill('SIGKILL');
  await ended;
  for (const end = performance.now() + deadline; performance.now() < end; ) {
    if (!isThere(pid)) return 'ends with it';
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  process.kill(pid, 'SIGKILL');
  return 'the worker goes on';
}

/** Nothing hangs, the program lives, nothing that only waited is lost. */
const good = (end) => end === 'ends with it' || /^(result|error); behind it 20 results$/.test(end);

async function main() {
  const args = readArgs({
    rounds: 1,
    numbers: { deadline: { full: 5000, smoke: 5000, help: 'milliseconds after which a task counts as hanging' } },
  });
  const machine = describeMachine();
  const results = [];
  for (const node of args.nodes) {
    const version = spawnSync(node, ['-p', 'process.version'], { encoding: 'utf8' }).stdout.trim();
    if (!args.json) console.log(`\npool-faults: Node ${version}`);
    const major = Number.parseInt(version.slice(1), 10);
    for (const name of [...FAULTS, ORPHAN]) {
      if (!name.includes(args.only)) continue;
      if (!args.json) console.log(`\n${name}`);
      for (const subject of args.smoke ? ['ours'] : ['ours', ...PACKAGES, 'fork + send']) {
        const found = PACKAGES.includes(subject) ? peer(subject, major) : {};
        const parameters = { subject, fault: name, module: args.ours, peer: found.path };
        let end;
        if (found.skipped) end = `skipped: ${found.skipped}`;
        else if (subject === 'piscina' && NOT_FOR_THREADS.has(name)) end = 'threads: does not apply';
        else end = name === ORPHAN ? await orphan(node, parameters, args.deadline) : fault(node, parameters, args.deadline);
        results.push({ node: version, fault: name, subject, end });
        if (!args.json) console.log(`  ${subject.padEnd(14)}${end}`);
      }
    }
  }
  if (args.json) console.log(JSON.stringify({ bench: 'pool-faults', smoke: args.smoke, machine, results }, null, 2));
  const bad = results.filter(({ subject, end }) => subject === 'ours' && !good(end));
  for (const { node, fault: name, end } of bad) console.error(`Node ${node}, ${name}: ${end}`);
  if (bad.length > 0) process.exitCode = 1;
}

main();
