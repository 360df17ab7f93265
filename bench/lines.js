'use strict';
// A program's output line by line with `for await`, beside Node's readline on child_process and beside execa.

const { runBench } = require('./lib/bench');
const { runMeasure } = require('./lib/fresh');
const { peer } = require('./lib/peers');
const { textFile } = require('./lib/text-file');

const BYTES_PER_LINE = 72;

/** execa's newest that runs here. */
function execa({ major }) {
  const newest = peer('execa10', major);
  return newest.skipped ? peer('execa', major) : newest;
}

function group(node, parameters, buffer) {
  const { path, skipped } = execa(node);
  const all = { ...parameters, buffer };
  const what = buffer ? 'kept for the result as well' : 'buffer: false';
  const figure = (text, key, unit, name, target, unless) => ({
    name: `${text}, ${what}`,
    key,
    unit,
    compare: 'ratio',
    peer: name,
    target,
    unless,
  });
  return {
    measure: 'lines',
    parameters: all,
    subjects: skipped ? {} : { execa: () => runMeasure(node.path, 'lines', { ...all, module: path }) },
    figures: [
      figure('CPU beside readline', 'cpu', 'ms', 'stock', { atMost: 1.2 }),
      figure('CPU', 'cpu', 'ms', 'execa', { atMost: 1 / 5 }, skipped),
      figure('wall time beside readline', 'wall', 'ms', 'stock'),
      figure('wall time', 'wall', 'ms', 'execa', undefined, skipped),
    ],
  };
}

runBench({
  title: "lines: a program's output line by line",
  rounds: 5,
  numbers: { lines: { full: 1_200_000, smoke: 10_000, help: 'how many' } },
  groups({ lines: wanted }, node) {
    const { file, lines, bytes } = textFile(wanted * BYTES_PER_LINE);
    const parameters = { file, lines, characters: bytes - lines };
    return [group(node, parameters, true), group(node, parameters, false)];
  },
});
