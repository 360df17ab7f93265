'use strict';
// Under Node's permission model it is Node that allows and refuses: an addon would be outside of its reach, so none is loaded.

const { runForJson } = require('./lib/run-node.js');

// The flag's name while the model was an experiment.
const MODEL = process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission';
const run = (...allowed) => runForJson(['--no-warnings', MODEL, '--allow-fs-read=*', ...allowed, 'native-permission.js']);

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('without --allow-child-process: Node’s ERR_ACCESS_DENIED', async () => {
  expect(await run('--allow-addons')).toEqual({
    code: 'ERR_ACCESS_DENIED',
    permission: 'ChildProcess',
    pool: 'ERR_PROCS_UNSUPPORTED',
    addon: false,
  });
});

onLinux('with it: Node’s own child_process does the work', async () => {
  expect(await run('--allow-child-process')).toEqual({ code: 0, pool: 'ERR_PROCS_UNSUPPORTED', addon: false });
  expect(await run('--allow-child-process', '--allow-addons')).toEqual({ code: 0, pool: 'ERR_PROCS_UNSUPPORTED', addon: false });
});
