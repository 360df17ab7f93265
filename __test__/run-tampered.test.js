'use strict';
// Object.prototype belongs to everybody: what somebody has put there is neither an option nor a setting.

const path = require('node:path');
const { runForJson } = require('./lib/run-node.js');

// Not get, set, value and encoding: Node's own modules fall over these.
const TAMPERED = {
  cwd: '/nowhere',
  shell: true,
  timeout: 1,
  env: { TAMPERED: '1' },
  input: 'tampered',
  attempts: 9,
  initial: 1e9,
  append: true,
  stdout: 'ignore',
  cause: 'tampered',
  reject: false,
};

test('run, $, runSync and pipeline are what they were', async () => {
  const program = `
    const { run, runSync, $, pipeline } = require(${JSON.stringify(path.join(__dirname, '..'))});
    Object.assign(Object.prototype, ${JSON.stringify(TAMPERED)});
    (async () => {
      const seen = [
        (await run('cat', { stdin: 'ignore' })).stdout,
        (await run('echo', ['$HOME'], { __proto__: null, lines: true })).stdout,
        (await $\`echo \${'a b'}\`).stdout,
        runSync('echo', ['sync']).stdout,
        (await pipeline(['echo', ['piped']], ['cat'])).stdout,
        await run('false', { retry: { backoff: 0 } }).then(() => 'resolved', (error) => [error.attempts, error.message, Object.hasOwn(error, 'cause')]),
        await run('sh', ['-c', 'env | grep -c TAMPERED']).catch((error) => error.stdout),
      ];
      for (const key of Object.keys(${JSON.stringify(TAMPERED)})) delete Object.prototype[key];
      console.log(JSON.stringify(seen));
    })();`;
  expect(await runForJson(['-e', program])).toEqual([
    '',
    ['$HOME'],
    'a b',
    'sync',
    'piped',
    [3, 'Command failed with exit code 1: false', false],
    '0',
  ]);
});
