'use strict';
// Node has no names for real-time signals.

const { run, runSync } = require('..');

const SUICIDE = ['-c', 'kill -40 $$'];
const ended = { failed: true, exitReason: 'signal', signal: 'SIG40', exitCode: undefined };

test('a child that a real-time signal has ended has failed', async () => {
  expect(await run('sh', SUICIDE, { reject: false })).toMatchObject(ended);
  await expect(run('sh', SUICIDE)).rejects.toMatchObject({ code: 'ERR_PROCS_SIGNAL', signal: 'SIG40' });
});

test('so has one of runSync()', () => {
  expect(runSync('sh', SUICIDE, { reject: false })).toMatchObject(ended);
});
