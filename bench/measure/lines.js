'use strict';
// All lines of a program, one after the other: time and CPU of the process that reads them.

const readline = require('node:readline');
const { measured } = require('../lib/measured');

/** Each subject's way to ask for them. */
function reader(subject, buffer) {
  const run = subject.run ?? subject.execa;
  if (run) return (file) => run('cat', [file], { buffer });
  return (file) => readline.createInterface({ input: subject.spawn('cat', [file]).stdout, crlfDelay: Infinity });
}

measured(async (subject, { file, lines, characters, buffer }) => {
  const linesOf = reader(subject, buffer);
  for await (const _line of linesOf('/etc/passwd'));
  const cpuBefore = process.cpuUsage();
  const begin = performance.now();
  let count = 0;
  let length = 0;
  for await (const line of linesOf(file)) {
    count++;
    length += line.length;
  }
  const wall = performance.now() - begin;
  const { user, system } = process.cpuUsage(cpuBefore);
  if (count !== lines || length !== characters) throw new Error(`${count} lines of ${length} characters came`);
  return { wall, cpu: (user + system) / 1000 };
});
