'use strict';
// Programs joined by pipeline(), beside bash and beside stdout.pipe(stdin) on child_process: wall time, and what the parent pays.

const { runBench } = require('./lib/bench');
const { runMeasure } = require('./lib/fresh');
const { textFile } = require('./lib/text-file');

const MB = 1e6;

function group(name, node, commands, expected, streamsTarget) {
  const parameters = { commands, expected };
  const figure = (text, key, peer, target) => ({ name: `${text}, ${name}`, unit: 'ms', key, compare: 'ratio', peer, target });
  return {
    measure: 'pipeline',
    parameters,
    subjects: { bash: () => runMeasure(node.path, 'pipeline', { ...parameters, module: 'child_process', by: 'bash' }) },
    figures: [
      figure('wall time', 'wall', 'bash', { atMost: 1.1 }),
      figure('wall time', 'wall', 'stock', streamsTarget),
      figure("parent's CPU", 'cpu', 'stock', { atMost: 1 / 50 }),
    ],
  };
}

runBench({
  title: 'pipeline: cat | grep | wc, and programs that only copy',
  rounds: 5,
  numbers: { megabytes: { full: 500, smoke: 4, help: 'length of the file, in MB; four of it are copied' } },
  groups({ megabytes }, node) {
    const { file, bytes, word, found } = textFile(megabytes * MB);
    const copied = Array(4).fill(file);
    return [
      group(
        `cat | grep | wc, ${megabytes} MB`,
        node,
        [
          ['cat', file],
          ['grep', word],
          ['wc', '-l'],
        ],
        found,
      ),
      group(`cat | cat | cat | wc, ${4 * megabytes} MB`, node, [['cat', ...copied], ['cat'], ['cat'], ['wc', '-c']], bytes * 4, {
        atMost: 1 / 2,
      }),
    ];
  },
});
