'use strict';
// An end of a pipe that stays open in the parent is an end that never comes. And nothing may be left, whatever has gone wrong.

const { execFile } = require('node:child_process');
const fs = require('node:fs');
const { promisify } = require('node:util');
const { runFixture } = require('./lib/fixture.js');

const onLinux = fs.existsSync('/proc/self/fd') ? test : test.skip;

onLinux('the parent holds no end of a pipe between running commands, and nothing after any course', async () => {
  const { pipesWhileRunning, ...left } = await runFixture('run-pipeline-fds');
  expect(pipesWhileRunning).toEqual([]);
  expect(Object.entries(left).filter(([, remains]) => remains.length > 0)).toEqual([]);
  expect(Object.keys(left).length).toBeGreaterThan(15);
});

onLinux('without an fd for its pipes a pipeline is rejected, and does not throw', async () => {
  const node = process.execPath;
  const fixture = require.resolve('./fixtures/run-pipeline-no-fds.js');
  const { stdout } = await promisify(execFile)('sh', ['-c', 'ulimit -n 100; exec "$0" "$1"', node, fixture], { timeout: 60_000 });
  const report = Object.values(JSON.parse(stdout));
  expect(report[0]).toMatchObject({ code: 'EMFILE', exitReason: 'notStarted' });
  expect(report.filter((end) => end !== 'success').every(({ code, cause }) => code === 'EMFILE' || cause === 'EMFILE')).toBe(true);
});
