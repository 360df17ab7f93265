'use strict';
// By what a pool sees that a worker is about to end, before the kernel has taken it apart.

const fs = require('node:fs');
const path = require('node:path');
const { endPools, makePool } = require('./lib/pools.js');

afterEach(endPools);

const onLinux = process.platform === 'linux' ? test : test.skip;

function filesOf(folder) {
  return fs.readdirSync(folder).flatMap((fd) => {
    try {
      return [fs.readlinkSync(path.join(folder, fd))];
    } catch (error) {
      // By which the folder was read.
      if (error.code === 'ENOENT') return [];
      throw error;
    }
  });
}

/** By name. */
function threadOf(pid, name) {
  const tasks = `/proc/${pid}/task`;
  const tid = fs.readdirSync(tasks).find((one) => fs.readFileSync(`${tasks}/${one}/comm`, 'utf8').trim() === name);
  return `${tasks}/${tid}`;
}

onLinux('a thread of the worker has one descriptor, and nobody else there has it', async () => {
  const pool = makePool();
  const pid = await pool.run(undefined, { name: 'pid' });
  const alone = filesOf(path.join(threadOf(pid, 'procs-lifeline'), 'fd'));
  expect(alone).toEqual([expect.stringMatching(/^pipe:/)]);
  expect(filesOf(`/proc/${pid}/fd`)).not.toContain(alone[0]);
  // Its other end.
  expect(filesOf('/proc/self/fd')).toContain(alone[0]);
});

onLinux('no signal goes to that thread: its handler would find no descriptors', async () => {
  const pool = makePool();
  const pid = await pool.run(undefined, { name: 'pid' });
  const status = fs.readFileSync(path.join(threadOf(pid, 'procs-lifeline'), 'status'), 'utf8');
  const [, blocked] = /^SigBlk:\s+([0-9a-f]+)$/m.exec(status);
  // All but SIGKILL, SIGSTOP, and the two that the C library keeps to itself.
  expect(BigInt(`0x${blocked}`) | 0x1_8004_0100n).toBe(0xffff_ffff_ffff_ffffn);
});
