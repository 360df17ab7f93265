'use strict';
// The course of a soak: unlike most benches it asserts. What must hold and does not ends it with exit code 1.

const path = require('node:path');
const { readArgs } = require('./args');
const { DEADLINE, runMeasure, runProgram } = require('./fresh');
const { describeMachine } = require('./machine');

const MB = 1024 * 1024;

// V8 lets its young generation grow in steps of tens of megabytes whenever it sees fit, and keeps them. Held small, what grows is what is
// kept: stock alone stays within 3 MB then, and without it wanders by 90 on Node 24.
const FLAGS = ['--max-semi-space-size=2'];

const inMB = (bytes) => Math.round((bytes / MB) * 10) / 10;
const asItIs = (count) => count;
/** Of a part. */
const FIGURES = [
  ['resident', ', MB', inMB],
  ['heap', ', MB', inMB],
  ['fds', '', asItIs],
  ['threads', '', asItIs],
  ['maps', '', asItIs],
];

/**
 * @typedef {{ check: string, found: number, atMost: number, isGrowth?: boolean }} Check  isGrowth: it says something only of a long run
 * @typedef {{ seconds: number, parts: Record<string, number>[] }} Result  what the measure prints: the parts at whose ends it looked at itself
 */

/** With what it has to be. */
const verdict = (found, atMost) => (found <= atMost ? 'met' : 'missed');

function report(version, summary, { seconds, parts }, checks) {
  console.log(`\nNode ${version}: ${summary} in ${seconds.toFixed(1)} s`);
  for (const { check, found, atMost, verdict } of checks) console.log(`  ${verdict.padEnd(6)}  ${found} ${check} (target <= ${atMost})`);
  for (const [what, unit, figure] of FIGURES) {
    if (parts[0][what] !== undefined)
      console.log(`  ${what} after each tenth${unit}: ${parts.map((part) => figure(part[what])).join(' ')}`);
  }
}

/**
 * Runs bench/measure/<name>.js, where <name> is the bench's own.
 * @param {{
 *   numbers: object,                              see args.js
 *   title: (args: object) => string,
 *   parameters: (args: object) => object,
 *   seconds?: (args: object) => number,           it takes so long, whatever the machine
 *   summary: (result: Result) => string,
 *   judge: (result: Result) => Check[],
 * }} soak
 */
function runSoak({ numbers, title, parameters, seconds = () => 0, summary, judge }) {
  const bench = path.basename(process.argv[1], '.js');
  const args = readArgs({ rounds: 1, numbers });
  const given = { module: args.ours, ...parameters(args) };
  const machine = describeMachine();
  if (!args.json) console.log(`${title(args)}\n${machine.cpu}, ${machine.cpus} CPUs, ${machine.kernel}, load ${machine.load[0]}`);

  const results = [];
  for (const node of args.nodes) {
    const version = runProgram(node, ['-p', 'JSON.stringify(process.version)']);
    for (let round = 0; round < args.rounds; round++) {
      const result = runMeasure(node, bench, given, FLAGS, seconds(args) * 1000 + DEADLINE);
      const checks = judge(result).map((line) => ({ ...line, verdict: verdict(line.found, line.atMost) }));
      results.push({ node: version, ...result, checks });
      if (!args.json) report(version, summary(result), result, checks);
    }
  }
  if (args.json) console.log(JSON.stringify({ bench, smoke: args.smoke, machine, results }, null, 2));

  // In seconds nothing is warm: smoke looks at what is lost, and not at what has grown.
  const isMissed = (line) => line.verdict === 'missed' && !(args.smoke && line.isGrowth);
  for (const { node, checks } of results) {
    for (const { check, found, atMost } of checks.filter(isMissed)) {
      console.error(`Node ${node}: ${found} ${check}, at most ${atMost} allowed`);
      process.exitCode = 1;
    }
  }
}

module.exports = { MB, runSoak };
