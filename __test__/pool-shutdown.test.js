'use strict';
// shutdown() and pools: after it no process is left.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { Pool, run, shutdown } = require('../js/index.js');
const { stateOf } = require('./lib/own-children.js');
const { begin, endPools, makePool, outcome, until } = require('./lib/pools.js');
const { runNode } = require('./lib/run-node.js');

const WORKS = path.join(__dirname, 'fixtures/pool/works.js');
const CLOSED = { name: 'WorkerError', reason: 'shutdown', code: 'ERR_PROCS_POOL_CLOSED' };

afterEach(endPools);

test('pools are ended, beside children: workers are torn down and reaped, and told of', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'procs-pool-'));
  const file = path.join(folder, 'teardown');
  const idle = makePool({ filename: WORKS, workerData: { teardown: file }, execArgv: [] });
  const other = makePool({ filename: WORKS, minWorkers: 2, maxWorkers: 2 });
  const child = run('sleep', ['100'], { reject: false });
  await Promise.all([idle.run({ a: 1, b: 1 }), other.run({ a: 1, b: 1 })]);
  await until(() => other.workers.filter(({ isUp }) => isUp).length === 2);
  const pids = [...idle.workers, ...other.workers].map(({ pid }) => pid);
  const told = await shutdown({ timeout: 20_000 });
  expect(pids.filter((pid) => stateOf(pid) !== undefined)).toEqual([]);
  expect(told.map(({ pid }) => pid).sort()).toEqual([child.pid, ...pids].sort());
  const report = { command: `${process.execPath} ${WORKS}`, exitCode: 0, signal: null, forced: false, tree: null };
  expect(told.find(({ pid }) => pid === pids[0])).toEqual({ pid: pids[0], ...report });
  expect(fs.readFileSync(file, 'utf8')).toBe('1\n');
  expect([idle.isClosed, other.isClosed]).toEqual([true, true]);
  expect(await outcome(idle.run(1))).toMatchObject(CLOSED);
  expect(await shutdown()).toEqual([]);
  fs.rmSync(folder, { recursive: true });
});

test('what does not end in time is killed, and what is open is told; two at once both wait for all', async () => {
  const works = makePool({ filename: WORKS, prefetch: 0 });
  const { begun, result } = begin(works, 'work', 600_000);
  const waits = outcome(works.run(1, { name: 'echo' }));
  const running = outcome(result);
  await Promise.race([begun, until(() => works.stats().running === 1)]);
  const [{ pid }] = works.workers;
  const both = await Promise.all([shutdown({ timeout: 50 }), shutdown({ timeout: 50 })]);
  for (const told of both) expect(told).toMatchObject([{ pid, exitCode: null, signal: 'SIGKILL', forced: true }]);
  expect(await running).toMatchObject(CLOSED);
  expect(await waits).toMatchObject(CLOSED);
  expect(stateOf(pid)).toBe(undefined);
});

test('no pool is made while it runs, and again afterwards', async () => {
  const works = makePool({ filename: WORKS });
  const over = shutdown();
  expect(() => new Pool({ filename: WORKS })).toThrow(expect.objectContaining({ code: 'ERR_PROCS_SHUTDOWN' }));
  await over;
  expect(works.isClosed).toBe(true);
  expect(await makePool({ filename: WORKS }).run({ a: 1, b: 2 })).toBe(3);
});

test('handleSignals: tasks that nobody has thought of do not crash the process before it is ended', async () => {
  const program = `
    const { Pool, shutdown } = require('../../js');
    shutdown({ handleSignals: true });
    const pool = new Pool({ filename: ${JSON.stringify(WORKS)} });
    pool.on('close', () => console.log('closed'));
    pool.run(1, { name: 'never', onProgress: () => process.kill(process.pid, 'SIGTERM') });
  `;
  expect(await runNode(['-e', program])).toMatchObject({ signal: 'SIGTERM', stdout: 'closed\n' });
});
