'use strict';
// Short commands whose output is collected, many at once, as build scripts run them: beside child_process and beside execa, tinyexec and zx.

const { runBench } = require('./lib/bench');
const { runMeasure } = require('./lib/fresh');
const { peer } = require('./lib/peers');

const AT_LEAST = { execa: 2, tinyexec: 2, zx: 2 };

/** execa's newest that runs here. */
function find(name, { major }) {
  if (name !== 'execa') return peer(name, major);
  const newest = peer('execa10', major);
  return newest.skipped ? peer('execa', major) : newest;
}

function group(node, parameters) {
  const peers = Object.keys(AT_LEAST).map((name) => ({ name, ...find(name, node) }));
  const subjects = {};
  for (const { name, path, skipped } of peers) {
    if (!skipped) subjects[name] = () => runMeasure(node.path, 'run', { ...parameters, module: path });
  }
  const what = `${parameters.commands} commands, ${parameters.atOnce} at once`;
  const figure = (text, key, unit, name, target, unless) => ({
    name: `${what}: ${text}`,
    key,
    unit,
    compare: 'ratio',
    peer: name,
    target,
    unless,
  });
  return {
    measure: 'run',
    parameters,
    subjects,
    figures: [
      ...peers.map(({ name, skipped }) => figure('rate', 'rate', '/s', name, { atLeast: AT_LEAST[name] }, skipped)),
      figure('rate', 'rate', '/s', 'stock'),
      ...peers.map(({ name, skipped }) => figure('CPU of this process', 'cpu', 'us each', name, undefined, skipped)),
      figure('CPU of this process', 'cpu', 'us each', 'stock'),
    ],
  };
}

runBench({
  title: 'run: short commands with captured output (/bin/echo)',
  rounds: 5,
  numbers: {
    commands: { full: 1000, smoke: 32, help: 'how many are run in one measurement' },
    'at-once': { full: 16, smoke: 16, help: 'how many of them at once' },
  },
  groups: ({ commands, 'at-once': atOnce }, node) => [group(node, { commands, atOnce })],
});
