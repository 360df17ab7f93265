'use strict';
// Workers that run out of memory. Seen elsewhere: the pool hangs.

const fs = require('node:fs');
const path = require('node:path');
const { execFileSync } = require('node:child_process');
const { endPools, makePool, outcome, until } = require('./lib/pools.js');

afterEach(endPools);

test('heap out of memory: one task is lost, and says so', async () => {
  const pool = makePool({ resourceLimits: { maxOldGenerationSizeMb: 16 }, stderr: 'ignore', stdout: 'ignore' });
  const queued = Array.from({ length: 10 }, (_, i) =>
    i === 3 ? pool.run(null, { name: 'heap' }) : pool.run({ a: i, b: 0 }, { name: 'add' }),
  );
  const outcomes = await Promise.all(queued.map(outcome));
  expect(outcomes[3]).toMatchObject({ name: 'WorkerError', code: 'ERR_PROCS_WORKER_OOM', reason: 'oom' });
  expect(outcomes.map(({ result, reason }) => result ?? reason)).toEqual(outcomes.map((_, i) => (i === 3 ? 'oom' : i)));
});

/** Where cgroups with bounds on memory are made, and the file that has the bound: in version 2, or in 1. */
const PLACES = [
  ['/sys/fs/cgroup', 'memory.max'],
  ['/sys/fs/cgroup/memory', 'memory.limit_in_bytes'],
];

/** A cgroup with a bound on memory that a process may enter, or undefined where there can be none. */
function smallCgroup(bytes) {
  for (const [place, limit] of PLACES) {
    if (!fs.existsSync(path.join(place, 'cgroup.procs'))) continue;
    const folder = path.join(place, `procs-test-${process.pid}`);
    try {
      fs.mkdirSync(folder);
      // The kernel makes the files in it, those of the controllers that are there for us.
      if (fs.existsSync(path.join(folder, limit))) {
        fs.writeFileSync(path.join(folder, limit), `${bytes}`);
        return folder;
      }
      fs.rmdirSync(folder);
    } catch (error) {
      if (!['EACCES', 'EPERM', 'EROFS', 'EINVAL'].includes(error.code)) throw error;
    }
  }
  return undefined;
}

test('the kernel kills a worker for memory: the task says so', async () => {
  const cgroup = smallCgroup(160 << 20);
  if (cgroup === undefined) {
    console.log('skipped: no cgroup can be made here');
    return;
  }
  try {
    // Its pool is made in there, and its worker lives there.
    const program = path.join(__dirname, 'fixtures', 'pool', 'oom.js');
    const output = execFileSync(process.execPath, [program, cgroup], { encoding: 'utf8', timeout: 25_000, killSignal: 'SIGKILL' });
    expect(JSON.parse(output)).toEqual([{ reason: 'oom', code: 'ERR_PROCS_WORKER_OOM', signal: 'SIGKILL' }, 2]);
  } finally {
    // Those that were in it are reaped by whoever inherited them, in their time.
    await until(() => {
      try {
        fs.rmdirSync(cgroup);
        return true;
      } catch (error) {
        if (error.code === 'EBUSY' || error.code === 'ENOTEMPTY') return false;
        throw error;
      }
    });
  }
});

test('a bound on address space is the task’s error or the worker’s end, never a hang', async () => {
  const pool = makePool({ resourceLimits: { maxOldGenerationSizeMb: 32 }, stderr: 'ignore' });
  const results = await Promise.all([
    outcome(pool.run(64 << 20, { name: 'resident' })),
    outcome(pool.run({ a: 1, b: 1 }, { name: 'add' })),
  ]);
  // Buffers are not in the heap: this one has what it needs.
  expect(results.map(({ result }) => result)).toEqual([4, 2]);
});
