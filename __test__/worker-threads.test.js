'use strict';
// Each Worker has an environment of its own, and so a reactor of its own, on a loop of its own.

const { runFixture } = require('./lib/fixture.js');

test('everything works inside a Worker, and the process ends by itself', async () => {
  expect(await runFixture('worker-uses-everything')).toEqual({
    spawn: [0, 'through cat'],
    exec: 'from exec\n',
    execFile: 'from execFile\n',
    fork: [0, { answer: 21 }],
    kill: 'SIGTERM',
    missing: 'ENOENT',
    spawnSync: [0, 'through spawnSync'],
    execSync: 'from execSync\n',
    execFileSync: 'from execFileSync\n',
  });
});

test('several Workers at once, and others after them, each get the exits of their own children', async () => {
  const generation = { main: 40, workers: new Array(4).fill({ right: 40, exitCode: 0 }) };
  expect(await runFixture('workers-at-once')).toEqual({ generations: [generation, generation, generation], children: [] });
});
