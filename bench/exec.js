'use strict';
// A program's output collected whole, as a Buffer and as a string, beside execFile, execa and Rust's Command::output.

const { runBench } = require('./lib/bench');
const { compile } = require('./lib/compile');
const { runMeasure, runProgram } = require('./lib/fresh');
const { peer } = require('./lib/peers');

const MB = 1e6;
const BLOCK = 64 * 1024;

function chooseWriter(bytes) {
  const writer = compile('writer');
  return writer.skipped ? ['head', '-c', `${bytes}`, '/dev/zero'] : [writer.program, `${BLOCK}`, `${bytes}`];
}

function group(kind, parameters, peers, targets) {
  const figure = (what, key, unit, compare, peer, target, unless) => ({
    name: `${what}, ${kind}`,
    key,
    unit,
    compare,
    peer,
    target,
    unless,
  });
  const subjects = {};
  for (const [name, { run, skipped }] of Object.entries(peers)) if (!skipped) subjects[name] = run;
  const rate = (name) => figure('rate', 'rate', 'MB/s', 'ratio', name, { atLeast: targets.rate[name] }, peers[name]?.skipped);
  return {
    measure: 'exec',
    parameters,
    subjects,
    figures: [
      ...Object.keys(targets.rate).map(rate),
      figure('peak memory / output', 'peak', 'x', 'value', 'stock', { atMost: targets.peak }),
      figure('longest stall', 'stall', 'ms', 'ratio', 'stock', { atMost: 1 / 20 }),
    ],
  };
}

/** execa's newest that runs here. */
function execa(node, parameters) {
  const newest = peer('execa10', node.major);
  const found = newest.skipped ? peer('execa', node.major) : newest;
  return { ...found, run: () => runMeasure(node.path, 'exec', { ...parameters, module: found.path }) };
}

function commandOutput(command) {
  const output = compile('output');
  return { ...output, run: () => runProgram(output.program, command) };
}

runBench({
  title: 'exec: output collected whole',
  rounds: 5,
  numbers: { megabytes: { full: 500, smoke: 10, help: 'output, in MB' } },
  groups({ megabytes }, node) {
    const bytes = megabytes * MB;
    const command = chooseWriter(bytes);
    const parameters = (encoding) => ({ command, bytes, encoding });
    const [buffer, text] = [parameters('buffer'), parameters('utf8')];
    return [
      // "Within 1.25x" of what has the same to do and no JavaScript beside it.
      group(
        'Buffer',

        buffer,
        { 'Command::output': commandOutput(command) },
        { rate: { stock: 1.8, 'Command::output': 1 / 1.25 }, peak: 1.2 },
      ),
      group('string', text, { execa: execa(node, text) }, { rate: { stock: 2.2, execa: 1.6 }, peak: 1.3 }),
    ];
  },
});
