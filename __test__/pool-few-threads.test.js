'use strict';
// A user who may have no more threads. Node asks for some when it starts, and waits for ever for those that it does not get.

const path = require('node:path');
const { run } = require('@x/procs');

const FIXTURE = path.join(__dirname, 'fixtures/pool/few-threads.js');
// Limits on processes are not for root; a user who has no others is of its making.
const isRoot = process.platform === 'linux' && process.getuid() === 0;
const asRoot = isRoot ? test : test.skip;

/** Each has a user of its own. */
const uidOf = (how) => 50_000 + 2 * (process.pid % 5_000) + (how === 'alone' ? 1 : 0);

let told;

// At the same time: each waits for what is found out after a while.
beforeAll(async () => {
  if (!isRoot) return;
  const ask = async (how) => {
    const uid = uidOf(how);
    const { stdout } = await run(process.execPath, [FIXTURE, how], { uid, gid: uid, cwd: '/', resourceLimits: { processes: 60 } });
    return JSON.parse(stdout);
  };
  const [alone, beside] = await Promise.all([ask('alone'), ask('beside')]);
  told = { alone, beside };
});

asRoot('tasks are told so, and not only when startTimeout is over', () => {
  expect(told.alone).toEqual({ results: [{ reason: 'start', code: 'EAGAIN' }], scarce: [] });
});

asRoot('where there is a worker it does the work, and the event says what is scarce', () => {
  expect(told.beside).toEqual({ results: ['g', 2], scarce: ['processes'] });
});
