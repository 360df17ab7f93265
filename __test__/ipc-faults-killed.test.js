'use strict';
// kill -9 of either end in the middle of a transfer of 100 MB: whoever is left gets an answer, and leaves nothing behind.
// PROCS_TEST_KILLS=20 for as many places in time.

const path = require('node:path');
const { execFile, spawn } = require('node:child_process');
const { once } = require('node:events');
const { text } = require('node:stream/consumers');
const { setTimeout: sleep } = require('node:timers/promises');
const { places } = require('./fixtures/ipc-faults/ways.js');

const KILLS = Number(process.env.PROCS_TEST_KILLS ?? 2);
const TIMEOUT = 60_000 + KILLS * 5_000;
const ways = ['inline', 'slab', 'messages', 'stream'].flatMap((way) => [
  [way, 'give'],
  [way, 'take'],
]);

const program = (name) => path.join(__dirname, 'fixtures', 'ipc-faults', name);

test.each(ways)(
  '%s: who is left has to %s',
  async (way, role) => {
    const { stdout } = await new Promise((resolve, reject) => {
      const args = ['--expose-gc', program('killed-peer.js'), way, role, KILLS];
      execFile(process.execPath, args, { timeout: TIMEOUT, killSignal: 'SIGKILL' }, (error, stdout, stderr) =>
        error ? reject(new Error(`${error.message}\n${stderr}`)) : resolve({ stdout }),
      );
    });
    const { whole, outcomes, left, megabytes } = JSON.parse(stdout);
    expect(whole).toEqual(['all', null, null]);
    const known = [
      // Before it was over: what was under way has failed with the peer, or is told to be a part.
      'ERR_PROCS_IPC_CLOSED SIGKILL, SIGKILL, ERR_PROCS_IPC_CLOSED',
      'a part, SIGKILL, ERR_PROCS_IPC_CLOSED',
      // The kernel had it all, or it was really over.
      'all, SIGKILL, ERR_PROCS_IPC_CLOSED',
      'all, null, null',
      // It had said goodbye, and was on its way out.
      'all, SIGKILL, null',
    ];
    expect(Object.keys(outcomes).filter((outcome) => !known.includes(outcome))).toEqual([]);
    expect(left).toEqual({ fds: 0, mappings: 0 });
    expect(megabytes).toBeLessThan(500);
  },
  TIMEOUT,
);

test.each(ways)(
  '%s: the end that has to %s is killed, and the other ends by itself',
  async (way, role) => {
    const at = places(11, 150_000);
    for (let n = 0; n < Math.ceil(KILLS / 2); n++) {
      const parent = spawn(process.execPath, [program('to-be-killed.js'), way, role], { stdio: ['ignore', 'pipe', 'pipe'] });
      await once(parent.stdout, 'data');
      await sleep(at.next().value / 1000);
      parent.kill('SIGKILL');
      // Its child has them as well: they end when both are gone.
      expect((await Promise.all([text(parent.stdout), text(parent.stderr)]))[1]).toBe('');
    }
  },
  TIMEOUT,
);
