'use strict';
const { fork } = require('@x/procs');

if (process.send) {
  // The worker: plain Node, nothing of ours in it.
  process.on('message', (numbers) => process.send({ numbers, sum: [...numbers].reduce((a, b) => a + b, 0n) }));
} else {
  const worker = fork(__filename, { serialization: 'advanced' });
  worker.on('message', ({ numbers, sum }) => {
    console.log(`${numbers.size} numbers, ${sum} together`);
    worker.disconnect();
  });
  worker.send(new Set([1n, 20n, 300n]));
}
