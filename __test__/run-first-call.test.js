'use strict';

const { runNode } = require('./lib/run-node.js');

test('without a descriptor to load it by, the first call rejects, and later ones work', async () => {
  const program = `
    const fs = require('node:fs');
    const { run } = require(${JSON.stringify(require.resolve('..'))});
    const fds = [];
    try {
      for (;;) fds.push(fs.openSync('/dev/null'));
    } catch {}
    let first;
    try {
      first = run('true').then(() => 'ran', ({ code }) => code);
    } catch (error) {
      first = 'threw ' + error.code;
    }
    for (const fd of fds) fs.closeSync(fd);
    (async () => console.log(await first, (await run('echo', ['later'])).stdout))();
  `;
  const { stdout, stderr } = await runNode(['-e', program]);
  expect({ stdout, stderr }).toEqual({ stdout: 'EMFILE later\n', stderr: '' });
});
