'use strict';
// A worker in Python: its handler answers, streams and raises, and large buffers reach it through shared memory.

const path = require('node:path');
const { run } = require('@x/procs');

const PYTHONPATH = path.join(__dirname, '..', '..', 'clients', 'python');

async function main() {
  const worker = run('python3', [path.join(__dirname, 'describe.py')], {
    serialization: 'structured',
    env: { PYTHONPATH, PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  await Promise.all([worker, talk(worker.channel).finally(() => worker.channel.close())]);
}

async function talk(channel) {
  const heights = new Float64Array(channel.alloc(8 * 100_000)).map((_, i) => 150 + ((i * 7919) % 50));
  console.log(await channel.request({ describe: heights }));

  // A generator there, a loop here.
  for await (const [from, to, count] of channel.request({ histogram: heights, bins: 5 })) {
    console.log(`${from} to ${to}: ${'#'.repeat(count / 1000)}`);
  }

  await channel.request({ describe: new Float64Array(0) }).catch((error) => console.log(`${error.name}: ${error.message}`));
}

// There may be no python3 here.
main().catch((error) => {
  if (error.code !== 'ENOENT') throw error;
  console.log(error.message);
});
