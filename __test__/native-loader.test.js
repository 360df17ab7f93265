'use strict';
// Where the addon is looked for, and what is said when it is not there.

const fs = require('node:fs');
const path = require('node:path');
const { copyPackage, triple } = require('./lib/package-copy.js');
const { runForJson } = require('./lib/run-node.js');

const START = `
  const { spawn } = require('@x/procs');
  try {
    spawn('true').on('exit', (code) => console.log(JSON.stringify({ code })));
  } catch (error) {
    console.log(JSON.stringify({ code: error.code, message: error.message, cause: error.cause && error.cause.message }));
  }`;

let copy;
beforeEach(() => {
  copy = copyPackage();
});
afterEach(() => copy.remove());

const start = () => runForJson(['-e', START], { cwd: copy.app });

test('without an addon: which platform, which package, and both ways to get it', async () => {
  const { code, message } = await start();
  expect(code).toBe('ERR_PROCS_NO_ADDON');
  expect(message).toContain(triple);
  expect(message).toContain(`@x/procs-${triple}`);
  expect(message).toContain('npm install');
  expect(message).toContain('--omit=optional');
  expect(message).toContain('npm run build');
});

test('loading the package without an addon is no error: it is looked for at first use', async () => {
  const names = await runForJson(['-p', "JSON.stringify(Object.keys(require('@x/procs')))"], { cwd: copy.app });
  expect(names).toEqual(expect.arrayContaining(['spawn', 'fork', 'ChildProcess']));
});

test('the platform package is found', async () => {
  copy.putPlatformPackage();
  expect(await start()).toEqual({ code: 0 });
});

test('a local build is found, and goes before the platform package', async () => {
  copy.putLocalAddon();
  expect(await start()).toEqual({ code: 0 });

  copy.putPlatformPackage();
  const packaged = path.join(copy.app, `node_modules/@x/procs-${triple}/procs.${triple}.node`);
  fs.writeFileSync(packaged, 'must not be opened');
  expect(await start()).toEqual({ code: 0 });
});

test('an addon that is there but cannot be loaded is never passed over', async () => {
  const broken = path.join(copy.app, 'broken.node');
  fs.writeFileSync(broken, 'this is no library');
  copy.putLocalAddon(broken);
  copy.putPlatformPackage();
  const { code, message, cause } = await start();
  expect(code).toBe('ERR_PROCS_NO_ADDON');
  expect(message).toContain(`procs.${triple}.node`);
  expect(message).toContain('cannot be loaded');
  expect(message).toContain(cause);
});
