'use strict';
// lifetime: 'parent': however the parent ends, everything it has started ends too.

const { Lineage } = require('./lib/lineage.js');

let lineage;

afterEach(() => lineage.clear());

/** @param {(lineage: Lineage) => void} end of the parent. Settles with how it has ended, when the last process of the tree has. */
async function parentEnds(args, end) {
  lineage = new Lineage(args);
  await lineage.up;
  end(lineage);
  await lineage.gone;
  expect(await lineage.bystanderIsWell()).toBe(true);
  return lineage.driverEnd;
}

const byItself = (parent) => parent.go();
const bySignal = (name) => (parent) => parent.driver.kill(name);

test('process.exit()', async () => {
  expect(await parentEnds(['exit'], byItself)).toEqual([3, null]);
});

test('an uncaught exception', async () => {
  expect(await parentEnds(['throws'], byItself)).toEqual([1, null]);
});

test('nothing left to do, for the child was unref’ed', async () => {
  expect(await parentEnds(['returns'], byItself)).toEqual([0, null]);
});

test.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGABRT', 'SIGKILL'])('%s', async (name) => {
  expect(await parentEnds(['waits'], bySignal(name))).toEqual([null, name]);
});

test('SIGTERM, when shutdown() handles it', async () => {
  expect(await parentEnds(['handlesSignals'], bySignal('SIGTERM'))).toEqual([null, 'SIGTERM']);
});

describe('for a child of the drop-in', () => {
  test('process.exit()', async () => {
    expect(await parentEnds(['exit', 'spawn'], byItself)).toEqual([3, null]);
  });

  test('SIGKILL', async () => {
    expect(await parentEnds(['waits', 'spawn'], bySignal('SIGKILL'))).toEqual([null, 'SIGKILL']);
  });
});
