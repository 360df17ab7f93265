'use strict';
// Ten minutes of mixed load on one pool, in ten parts: small tasks and large, errors, aborts, timeouts, workers that are recycled and
// workers that are killed. Unlike most benches this one asserts: exit code 1 when a task is lost, or memory or descriptors grow.

const { readArgs } = require('./lib/args');
const { runMeasure, runProgram } = require('./lib/fresh');
const { describeMachine } = require('./lib/machine');

const MB = 1024 * 1024;
// As in soak-spawn.js: held small, what grows is what is kept.
const FLAGS = ['--max-semi-space-size=2'];

function judge(result) {
  const [first, ...rest] = result.parts;
  const last = rest.at(-1);
  const grown = Math.round((last.resident / first.resident - 1) * 1000) / 10;
  return [
    { check: 'tasks without an answer', found: result.started - result.ended, atMost: 0 },
    { check: `tasks that did not end as they should${result.firstWrong ? ` (${result.firstWrong})` : ''}`, found: result.wrong, atMost: 0 },
    { check: 'fds more than after the first tenth', found: last.fds - first.fds, atMost: 0 },
    { check: 'threads more than after the first tenth', found: last.threads - first.threads, atMost: 0 },
    { check: 'fds more than before, when the pool is gone', found: result.left.fds, atMost: 0 },
    { check: 'children left, zombies included', found: result.left.children.length, atMost: 0 },
    { check: '% more resident memory than after the first tenth', found: grown, atMost: 5 },
  ].map((line) => ({ ...line, verdict: line.found <= line.atMost ? 'met' : 'missed' }));
}

function report(version, result, checks) {
  console.log(`\nNode ${version}: ${result.started} tasks in ${result.seconds.toFixed(1)} s, ${JSON.stringify(result.kinds)}`);
  for (const { check, found, atMost, verdict } of checks) console.log(`  ${verdict.padEnd(6)}  ${found} ${check} (target <= ${atMost})`);
  console.log(`  resident after each tenth, MB: ${result.parts.map((part) => Math.round(part.resident / MB)).join(' ')}`);
}

const args = readArgs({ rounds: 1, numbers: { seconds: { full: 600, smoke: 5, help: 'of load' } } });
const machine = describeMachine();
if (!args.json) {
  console.log(
    `soak-pool: mixed load for ${args.seconds} s\n${machine.cpu}, ${machine.cpus} CPUs, ${machine.kernel}, load ${machine.load[0]}`,
  );
}

const results = [];
for (const node of args.nodes) {
  for (let round = 0; round < args.rounds; round++) {
    const version = runProgram(node, ['-p', 'JSON.stringify(process.version)']);
    const result = runMeasure(node, 'soak-pool', { module: args.ours, seconds: args.seconds }, FLAGS);
    const checks = judge(result);
    results.push({ node: version, ...result, checks });
    if (!args.json) report(version, result, checks);
  }
}
if (args.json) console.log(JSON.stringify({ bench: 'soak-pool', smoke: args.smoke, machine, results }, null, 2));

// In seconds nothing is warm: smoke looks at what is lost, and not at what has grown.
const missed = results.flatMap(({ node, checks }) =>
  checks
    .filter(({ verdict, check }) => verdict === 'missed' && !(args.smoke && check.includes('first tenth')))
    .map((line) => ({ node, ...line })),
);
for (const { node, check, found, atMost } of missed) console.error(`Node ${node}: ${found} ${check}, at most ${atMost} allowed`);
if (missed.length > 0) process.exitCode = 1;
