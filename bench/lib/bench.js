'use strict';
// The course of every bench: for each node binary, for each group of figures, rounds of A B A B; then the table or the JSON.

const path = require('node:path');
const { readArgs } = require('./args');
const { runMeasure, runProgram } = require('./fresh');
const { evaluate, skip } = require('./figures');
const { describeMachine } = require('./machine');
const { table } = require('./table');

/**
 * Figures that the same processes yield, one sample per subject and round.
 * @typedef {{
 *   figures: object[],                       see figures.js; a figure whose peer is no subject here is skipped: `figure.unless`
 *   measure?: string, parameters?: object,   'stock' and 'ours' run bench/measure/<measure>.js with these and `module`
 *   subjects?: Record<string, () => object>, more of them, or all: each runs once and returns a sample
 *   skipped?: string,                        why nothing of this can be measured here
 * }} Group
 */

function subjectsOf(group, node, args) {
  if (!group.measure) return group.subjects;
  const measure = (module) => () => runMeasure(node, group.measure, { ...group.parameters, module });
  return { stock: measure('child_process'), ours: measure(args.ours), ...group.subjects };
}

function measureGroup(group, node, args, progress) {
  const figures = group.figures.filter((figure) => figure.name.includes(args.only));
  if (figures.length === 0) return [];
  if (group.skipped) return figures.map((figure) => skip(figure, group.skipped));

  const subjects = Object.entries(subjectsOf(group, node, args));
  const samples = Object.fromEntries(subjects.map(([name]) => [name, []]));
  for (let round = 0; round < args.rounds; round++) {
    for (const [name, run] of subjects) {
      progress(`${figures[0].name}: round ${round + 1} of ${args.rounds}, ${name}`);
      samples[name].push(run());
    }
  }
  return figures.map((figure) => (samples[figure.peer] ? evaluate(figure, samples) : skip(figure, figure.unless)));
}

/** One line that overwrites itself, for people only. */
function progressLine() {
  if (!process.stderr.isTTY) return { show() {}, clear() {} };
  return {
    show: (text) => process.stderr.write(`\r\x1b[2K${text}`),
    clear: () => process.stderr.write('\r\x1b[2K'),
  };
}

/**
 * @param {{ title: string, rounds: number, numbers?: object, groups: (args: object, node: { path: string, major: number }) => Group[] }} bench
 */
function runBench({ title, rounds, numbers, groups }) {
  const args = readArgs({ rounds, numbers });
  const machine = describeMachine();
  const progress = progressLine();
  const results = [];

  if (!args.json) {
    console.log(
      `${title}\n${machine.cpu}, ${machine.cpus} CPUs, ${machine.kernel}, load ${machine.load[0]}; ` +
        `${args.rounds} round${args.rounds === 1 ? '' : 's'}${args.smoke ? '; SMOKE: these figures mean nothing' : ''}`,
    );
    if (args.ours === 'child_process') console.log('ours is child_process itself: every ratio should be 1');
  }
  for (const node of args.nodes) {
    const version = runProgram(node, ['-p', 'JSON.stringify(process.version)']);
    const figures = groups(args, { path: node, major: Number.parseInt(version.slice(1), 10) }).flatMap((group) =>
      measureGroup(group, node, args, progress.show),
    );
    progress.clear();
    results.push({ node: version, figures });
    if (!args.json) console.log(`\nNode ${version}\n${table(figures)}`);
  }
  if (args.json) {
    const bench = path.basename(process.argv[1], '.js');
    console.log(JSON.stringify({ bench, title, smoke: args.smoke, machine, results }, null, 2));
  }
}

module.exports = { runBench };
