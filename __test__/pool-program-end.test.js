'use strict';
// How a program that knows nothing of pools comes to stop: with a task, and with itself.

const path = require('node:path');
const { once } = require('node:events');
const { endPools, makePool, outcome, until } = require('./lib/pools.js');

const FOREIGN = path.join(__dirname, 'fixtures/pool/foreign.js');
/** What never comes where it should not: a test that waited for it would be over long before. */
const NEVER = 600_000;

afterEach(endPools);

const pool = (options) => makePool({ filename: undefined, program: [process.execPath, FOREIGN], ...options });
const exits = (works) => {
  const seen = [];
  works.on('workerExit', ({ exitCode, signal, why }) => seen.push({ exitCode, signal, why }));
  return seen;
};

describe('a task that is given up', () => {
  test.each([
    ['aborted', (signal) => ({ signal }), 'ABORT_ERR'],
    ['too slow', () => ({ timeout: 20 }), 'ERR_PROCS_TASK_TIMEOUT'],
  ])('%s: who heeds its signal lives on', async (_, options, code) => {
    const works = pool({ abortGrace: NEVER });
    const pid = await works.run({ act: 'pid' });
    for (const act of ['wait', 'wait and answer']) {
      const controller = new AbortController();
      const waits = outcome(works.run({ act }, options(controller.signal)));
      const next = works.run({ act: 'pid' });
      controller.abort();
      expect(await waits).toMatchObject({ code });
      expect(await next).toBe(pid);
    }
  });

  test('many at once, in one process', async () => {
    const works = pool({ abortGrace: NEVER, concurrentTasksPerWorker: 100 });
    const pid = await works.run({ act: 'pid' });
    const controller = new AbortController();
    const all = Array.from({ length: 300 }, (_, i) =>
      outcome(works.run({ act: i % 2 ? 'wait' : 'wait and answer' }, { signal: controller.signal })),
    );
    await until(() => works.stats().running === 100);
    controller.abort();
    expect(new Set((await Promise.all(all)).map(({ code }) => code))).toEqual(new Set(['ABORT_ERR']));
    expect(await works.run({ act: 'pid' })).toBe(pid);
    expect(works.stats().crashed).toBe(0);
  });

  test('who does not heed it is ended', async () => {
    const works = pool({ abortGrace: 20 });
    const seen = exits(works);
    const pid = await works.run({ act: 'pid' });
    expect(await outcome(works.run({ act: 'ignore' }, { timeout: 20 }))).toMatchObject({ reason: 'timeout' });
    expect(await works.run({ act: 'pid' })).not.toBe(pid);
    expect(seen).toEqual([{ exitCode: null, signal: 'SIGKILL', why: 'task' }]);
  });
});

describe('its own end', () => {
  test('close(): by itself, behind the last of its answers', async () => {
    const works = pool({ teardownTimeout: NEVER, closeTimeout: Infinity, maxWorkers: 2, minWorkers: 2 });
    const seen = exits(works);
    await until(() => works.stats().workers.filter(({ state }) => state === 'idle').length === 2);
    // Some of it waits in the program: nobody takes it so fast.
    const all = Array.from({ length: 40 }, (_, i) => works.run({ act: 'text', length: 500_000, i }));
    const closed = works.close();
    for (const [i, text] of (await Promise.all(all)).entries()) expect(text.length === 500_000 && text.startsWith(`${i} `)).toBe(true);
    await closed;
    const well = { exitCode: 0, signal: null, why: 'shutdown' };
    expect(seen).toEqual([well, well]);
  });

  test('close() when it has had much to do: its ring is told as its socket is', async () => {
    const works = pool({ teardownTimeout: NEVER, closeTimeout: Infinity });
    const seen = exits(works);
    for (let i = 0; i < 50; i++) expect(await works.run(i)).toBe(i);
    await works.close();
    expect(seen).toEqual([{ exitCode: 0, signal: null, why: 'shutdown' }]);
  });

  test('idle, and replaced: likewise', async () => {
    const works = pool({ teardownTimeout: NEVER, maxTasksPerWorker: 2, recycleJitter: 0 });
    const seen = exits(works);
    const exit = once(works, 'workerExit');
    const pids = [];
    for (let i = 0; i < 4; i++) pids.push(await works.run({ act: 'pid' }));
    expect(new Set(pids).size).toBeGreaterThan(1);
    await exit;
    expect(seen[0]).toEqual({ exitCode: 0, signal: null, why: 'tasks' });
  });

  test('destroy() with a grace: likewise, whatever it is at', async () => {
    const works = pool();
    const seen = exits(works);
    await works.run({ act: 'pid' });
    const waits = outcome(works.run({ act: 'wait' }));
    await works.destroy({ grace: NEVER });
    expect(await waits).toMatchObject({ reason: 'shutdown' });
    expect(seen).toEqual([{ exitCode: 0, signal: null, why: 'shutdown' }]);
  });
});
