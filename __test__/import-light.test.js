'use strict';

const { pathToFileURL } = require('node:url');
const { runForJson } = require('./lib/run-node.js');

// A program imports names, and uses one of them. `import` reads all of a module's names, so that none of them must cost what is behind it.
const entries = ['index', 'run/index', 'pool/index', 'child_process/index'];

/** What was loaded of ours by importing all names of an entry, and whether the addon was. */
function imported(entry) {
  const url = pathToFileURL(require.resolve(`../js/${entry}.mjs`));
  const program = `
    import { createRequire } from 'node:module';
    import * as names from ${JSON.stringify(url)};
    const { cache } = createRequire(${JSON.stringify(url)});
    const files = Object.keys(cache).map((file) => file.split('/js/').at(-1));
    console.log(JSON.stringify({ names: Object.keys(names), files, hasAddon: files.some((file) => file.endsWith('.node')) }));
  `;
  return runForJson(['--input-type=module', '-e', program]);
}

test.each(entries)('import from %s loads its names, and not what is behind them', async (entry) => {
  const { names, files, hasAddon } = await imported(entry);

  expect(names).toContain('default');
  expect(hasAddon).toBe(false);
  expect(files.length).toBeGreaterThan(0);
  // Of about 400.
  expect(files.length).toBeLessThan(25);
  for (const heavy of ['errors/index.js', 'validate/index.js', 'native.js', 'run/options/index.js', 'pool/core.js'])
    expect(files).not.toContain(heavy);
});

test('import from ipc loads no broker where this process was given none', async () => {
  const { files } = await imported('ipc/index');

  expect(files.filter((file) => file.startsWith('ipc/broker/'))).toEqual(['ipc/broker/inherited.js']);
});

test('classes that were imported before anything was loaded are those of what is made later', async () => {
  const url = pathToFileURL(require.resolve('../js/index.mjs'));
  const program = `
    import { CommandPool, Pool, ProcessError, Subprocess, $, run } from ${JSON.stringify(url)};
    const subprocess = run('false');
    const error = await subprocess.catch((error) => error);
    class Own extends Pool {}
    const own = new Own({ filename: ${JSON.stringify(require.resolve('./fixtures/pool/works.js'))}, maxWorkers: 1 });
    await own.destroy();
    console.log(JSON.stringify({
      subprocess: subprocess instanceof Subprocess && typeof Subprocess.prototype.then === 'function',
      error: error instanceof ProcessError && error.name,
      own: own instanceof Pool && own.constructor === Own,
      dollar: (await $\`echo \${'a b'}\`).stdout,
      command: (await new CommandPool().run('echo', ['there'])).stdout,
    }));
  `;
  expect(await runForJson(['--input-type=module', '-e', program])).toEqual({
    subprocess: true,
    error: 'ProcessError',
    own: true,
    dollar: 'a b',
    command: 'there',
  });
});
