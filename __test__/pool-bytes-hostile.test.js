'use strict';
// What a worker can do with the pool's memory and its own: be ended, and nothing else.

const fs = require('node:fs');
const path = require('node:path');
const { Pool } = require('../js/index.js');
const { endPools, makePool, outcome, until, workerPids } = require('./lib/pools.js');

const PROGRAM = path.join(__dirname, 'fixtures/pool/hostile-bytes.js');
const MB = 1024 * 1024;
const onLinux = process.platform === 'linux' ? describe : describe.skip;

/** The names of the cases, as they stand there. */
const source = fs.readFileSync(PROGRAM, 'utf8');
const cases = [...source.matchAll(/^ {2}'([^']+)':/gm)].map(([, name]) => name);

afterEach(endPools);

onLinux('a worker that', () => {
  test.each(cases)('%s is ended, and nobody else is concerned', async (name) => {
    const honest = makePool({ filename: path.join(__dirname, 'fixtures/pool/bytes.js') });
    const pool = new Pool({ program: [process.execPath, PROGRAM, name], minWorkers: 1, maxWorkers: 1 });
    try {
      const bytes = Buffer.alloc(MB, 1);
      const kept = await honest.run(bytes, { name: 'echo' });
      await pool.run('x');
      const before = workerPids(pool);
      let told;
      // The first ones go inline: it has not mapped the memory yet.
      do told = await outcome(pool.run(bytes));
      while (told.result === 'honest');
      if (told.result === undefined)
        expect(['ERR_PROCS_WORKER_SIGNAL', 'ERR_PROCS_WORKER_EXIT', 'ERR_PROCS_IPC_GARBAGE']).toContain(told.code);
      // It is ended soon, and the next worker is as good as the first was.
      await until(async () => {
        const { result } = await outcome(pool.run('x'));
        return result === 'honest' && workerPids(pool).every((pid) => !before.includes(pid));
      });
      expect(bytes.equals(kept)).toBe(true);
      expect(bytes.equals(await honest.run(bytes, { name: 'echo' }))).toBe(true);
    } finally {
      await pool.destroy();
    }
  });

  test('keeps to it goes on', async () => {
    const pool = new Pool({ program: [process.execPath, PROGRAM], minWorkers: 1, maxWorkers: 1 });
    for (let i = 0; i < 3; i++) expect(await pool.run(Buffer.alloc(MB, i))).toBe('honest');
    await pool.destroy();
  });
});
