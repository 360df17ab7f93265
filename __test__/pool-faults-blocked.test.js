'use strict';
// The parent's JavaScript is blocked. Seen elsewhere: then nothing is done, no timeout comes to pass, no worker is replaced.

const { runFixture } = require('./lib/fixture.js');

const onLinux = process.platform === 'linux' ? test : test.skip;
const scene = (name) => runFixture('pool/blocked', [name]);

test('timeouts come to pass, workers are replaced, what waits is done', async () => {
  expect(await scene('timeouts')).toEqual({ ends: ['timeout', 'timeout'], doneMeanwhile: 20 });
});

test('a worker is killed: the spare does what waits', async () => {
  expect(await scene('kill')).toEqual({ ends: ['signal'], doneMeanwhile: 20 });
});

test('results that nobody takes wait at their workers, and not here without a bound', async () => {
  expect(await scene('flood')).toEqual({ bytes: 600 << 20, boundedMeanwhile: true });
});

test('so does progress', async () => {
  expect(await scene('progress')).toEqual({ told: 300_000, boundedMeanwhile: true });
});

test('what waits is done while the parent asks the pool for something all the time', async () => {
  expect(await scene('asks')).toEqual({ doneMeanwhile: 200 });
});

onLinux('descriptors that come with messages do not use up those of the parent', async () => {
  expect(await scene('descriptors')).toEqual({ told: 2000, boundedMeanwhile: true, keptMeanwhile: true });
});

test('no worker is taken for dead for what the parent has not looked at', async () => {
  expect(await scene('hearts')).toEqual({ same: true });
});
