'use strict';
// The tasks of the tour's pools. Node's own fork() is told of them by messages.

const fs = require('node:fs');
const crypto = require('node:crypto');

const tasks = {
  add: ({ a, b }) => a + b,
  /** What a build does with each file. */
  hash: (file) => crypto.createHash('sha256').update(fs.readFileSync(file)).digest('hex'),
  crash: () => process.kill(process.pid, 'SIGKILL'),
};

module.exports = tasks;

if (process.send && require.main === module) {
  process.on('message', ({ id, name, value }) => process.send({ id, result: tasks[name](value) }));
}
