'use strict';
// 20,000 of our children interleaved with 20,000 of Node's in one process. Unlike the other benches this one asserts:
// a lost exit, a zombie, an fd too many or memory that grows ends it with exit code 1.

const { readArgs } = require('./lib/args');
const { runMeasure, runProgram } = require('./lib/fresh');
const { describeMachine } = require('./lib/machine');

const MB = 1024 * 1024;

// V8 lets its young generation grow in steps of tens of megabytes whenever it sees fit, and keeps them. Held small, what
// grows is what is kept: stock alone stays within 3 MB then, and without it wanders by 90 on Node 24.
const FLAGS = ['--max-semi-space-size=2'];

/** What the first part leaves is the warm-up: JIT code, heap and allocator caches at the size this work wants. */
function judge(result) {
  const [first, ...rest] = result.parts;
  const last = rest.at(-1);
  const grown = Math.round(((last.resident - first.resident) / MB) * 10) / 10;
  return [
    { check: 'exits never seen', found: result.lost, atMost: 0 },
    { check: 'exits seen twice', found: result.twice, atMost: 0 },
    { check: `exits with a wrong code or signal${result.firstWrong ? ` (${result.firstWrong})` : ''}`, found: result.wrong, atMost: 0 },
    { check: 'children left, zombies included', found: last.children.length, atMost: 0 },
    { check: 'fds more than after the first tenth', found: last.fds - first.fds, atMost: 0 },
    // Half a kilobyte per child of ours: one leaked ChildProcess or socket each would be more.
    { check: 'MB resident more than after the first tenth', found: grown, atMost: 10 },
  ].map((line) => ({ ...line, verdict: line.found <= line.atMost ? 'met' : 'missed' }));
}

function report(version, result, checks) {
  console.log(`\nNode ${version}: ${result.started} children in ${result.seconds.toFixed(1)} s`);
  for (const { check, found, atMost, verdict } of checks) console.log(`  ${verdict.padEnd(6)}  ${found} ${check} (target <= ${atMost})`);
  console.log(`  resident after each tenth, MB: ${result.parts.map((part) => Math.round(part.resident / MB)).join(' ')}`);
}

const args = readArgs({ rounds: 1, numbers: { count: { full: 20_000, smoke: 100, help: 'children of each kind, ours and stock' } } });
if (args.count < 100) throw new Error('--count: fewer than 100 prove nothing');
const machine = describeMachine();
if (!args.json) {
  console.log(
    `soak-spawn: ${args.count} children of ours interleaved with ${args.count} of Node's\n` +
      `${machine.cpu}, ${machine.cpus} CPUs, ${machine.kernel}, load ${machine.load[0]}`,
  );
}

const results = [];
for (const node of args.nodes) {
  for (let round = 0; round < args.rounds; round++) {
    const version = runProgram(node, ['-p', 'JSON.stringify(process.version)']);
    const result = runMeasure(node, 'soak-spawn', { module: args.ours, count: args.count }, FLAGS);
    const checks = judge(result);
    results.push({ node: version, ...result, checks });
    if (!args.json) report(version, result, checks);
  }
}
if (args.json) console.log(JSON.stringify({ bench: 'soak-spawn', smoke: args.smoke, machine, results }, null, 2));

const missed = results.flatMap(({ node, checks }) =>
  checks.filter(({ verdict }) => verdict === 'missed').map((line) => ({ node, ...line })),
);
for (const { node, check, found, atMost } of missed) console.error(`Node ${node}: ${found} ${check}, at most ${atMost} allowed`);
if (missed.length > 0) process.exitCode = 1;
