'use strict';
// Everything a child has started is gone when it is ended: also what called setsid, double-forked and changed its name, what ignores
// SIGTERM, what is stopped, and what another process of ours inside of it has started.

const { inTime } = require('./lib/in-time.js');
const { Lineage } = require('./lib/lineage.js');

let lineage;

afterEach(() => lineage?.clear());

/** Starts the tree, ends it as `how` says, and settles when its last process has ended. */
async function ended(how, starter = 'run', timeout = 100) {
  lineage?.clear();
  lineage = new Lineage([how, starter, timeout]);
  await lineage.up;
  return told();
}

/** Of a tree that is up. */
async function told() {
  lineage.go();
  await lineage.gone;
  expect(await lineage.bystanderIsWell()).toBe(true);
  expect(await lineage.driverEnd).toEqual([0, null]);
  return lineage.told();
}

/** Of a tree that is up when the timeout comes: these are four generations, two of them Node's. */
async function timedOut(how) {
  await inTime(
    async (timeout) => {
      lineage?.clear();
      lineage = new Lineage([how, 'run', timeout]);
      return Promise.race([lineage.up.then(() => true), lineage.driverEnd.then(() => false)]);
    },
    (isUp) => isUp,
    1600,
  );
  return told();
}

test('killTree()', async () => {
  const told = await ended('killTree');
  expect(told).toHaveLength(2);
  expect(told).toEqual(
    expect.arrayContaining([
      { left: [], signalled: 7 },
      { exitReason: 'killed', left: [] },
    ]),
  );
});

test('killTree() when the child itself has ended before', async () => {
  expect(await ended('killAfterShell')).toEqual([{ left: [], signalled: 6 }]);
});

test('kill(): the child itself ends when it is asked, others have to be forced', async () => {
  const told = await inTime(
    (forceKillAfterDelay) => ended('kill', 'run', forceKillAfterDelay),
    ([end]) => !end.isForcefullyTerminated,
  );
  expect(told).toEqual([{ exitReason: 'killed', left: [], isForcefullyTerminated: false }]);
});

test('timeout', async () => {
  expect(await timedOut('timeout')).toEqual([{ exitReason: 'timeout', left: [] }]);
});

test('an AbortSignal', async () => {
  expect(await ended('abort')).toEqual([{ exitReason: 'canceled', left: [] }]);
});

test('a timeout that comes when the child has ended, and others still hold its output', async () => {
  expect(await timedOut('timeoutAfterShell')).toEqual([{ exitReason: 'timeout', left: [] }]);
});

test('shutdown()', async () => {
  expect(await ended('shutdown')).toEqual([{ left: [], exitCode: null, signal: 'SIGTERM', others: [] }]);
});

test('shutdown(), for a child of the drop-in', async () => {
  expect(await ended('shutdown', 'spawn')).toEqual([{ left: [], exitCode: null, signal: 'SIGTERM', others: [] }]);
});

test('kill("SIGKILL") of a child of the drop-in with killMode tree', async () => {
  expect(await ended('killDropIn', 'spawn')).toEqual([{ signal: 'SIGKILL' }]);
});

test('using', async () => {
  expect(await ended('dispose')).toEqual([{ exitReason: 'killed', left: [] }]);
});

test('await using waits until it is gone', async () => {
  expect(await ended('asyncDispose')).toEqual([{ exitReason: 'killed', left: [] }]);
});

test('killTree() of a child that has only just been started', async () => {
  const { run } = require('..');
  for (let i = 0; i < 30; i++) {
    const subprocess = run('sleep', ['100'], { reject: false });
    expect(await subprocess.killTree()).toEqual({ mechanism: 'mark', signalled: 1, left: [] });
    expect(await subprocess).toMatchObject({ exitReason: 'killed', signal: 'SIGKILL' });
  }
});
