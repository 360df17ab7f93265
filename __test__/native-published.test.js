'use strict';
// What a release would publish, installed in an application as npm would lay it out: it works from CommonJS and ESM.

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { root } = require('./lib/sources.js');
const { triple } = require('./lib/package-copy.js');
const { runForJson, runNode } = require('./lib/run-node.js');

let app;
let scope;
beforeAll(() => {
  app = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'procs-published-')));
  scope = path.join(app, 'node_modules/@x');
  const args = ['npm/stage.js', '--addons', root, '--out', scope, '--partial', '--repository', 'https://example.org/x/procs'];
  execFileSync(process.execPath, args, { cwd: root });
});
afterAll(() => fs.rmSync(app, { recursive: true, force: true }));

const manifest = (name) => JSON.parse(fs.readFileSync(path.join(scope, name, 'package.json'), 'utf8'));

test('the package asks for the platform packages at its own version, and says who built it', () => {
  const { version, optionalDependencies, repository } = manifest('procs');
  expect(optionalDependencies).toEqual({ [`@x/procs-${triple}`]: version });
  expect(manifest(`procs-${triple}`).version).toBe(version);
  expect(repository).toEqual({ type: 'git', url: 'git+https://example.org/x/procs.git' });
});

test('it holds what runs, its types and its papers, and nothing of the workshop', () => {
  const { scripts, devDependencies, overrides, jest, tsd } = manifest('procs');
  expect([scripts, devDependencies, overrides, jest, tsd].filter((field) => field !== undefined)).toEqual([]);
  expect(fs.readdirSync(path.join(scope, 'procs')).sort()).toEqual([
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'clients',
    'index.d.ts',
    'js',
    'package.json',
  ]);
  expect(fs.readdirSync(path.join(scope, `procs-${triple}`)).sort()).toEqual([
    'LICENSE',
    'README.md',
    'package.json',
    `procs.${triple}.node`,
  ]);
});

test('every path that package.json names is there', () => {
  const { exports, main, types, typesVersions } = manifest('procs');
  const paths = [main, types, ...JSON.stringify([exports, typesVersions]).match(/\.\/[^"]*\.\w+/g)];
  expect(paths.filter((file) => !fs.existsSync(path.join(scope, 'procs', file)))).toEqual([]);
});

test('without an addon for one of the platforms nothing is laid out', async () => {
  const out = path.join(app, 'incomplete');
  const { code, stderr } = await runNode([path.join(root, 'npm/stage.js'), '--addons', app, '--out', out]);
  expect({ code, there: fs.existsSync(out) }).toEqual({ code: 1, there: false });
  expect(stderr).toContain('no addon for linux-x64-gnu');
});

const NAMES = ['ChildProcess', 'exec', 'execFile', 'execFileSync', 'execSync', 'fork', 'spawn', 'spawnSync'];
const SAME = "spawn('echo', ['works']).stdout.on('data', (text) => console.log(JSON.stringify([names, String(text)])))";

test.each([
  ['CommonJS', ['-e', `const all = require('@x/procs'); const names = Object.keys(all); const { spawn } = all; ${SAME}`]],
  [
    'CommonJS, child_process',
    ['-e', `const all = require('@x/procs/child_process'); const names = Object.keys(all); const { spawn } = all; ${SAME}`],
  ],
  [
    'ESM',
    [
      '--input-type=module',
      '-e',
      `import * as all from '@x/procs'; import { spawn } from '@x/procs'; const names = Object.keys(all.default); ${SAME}`,
    ],
  ],
  [
    'ESM, child_process',
    ['--input-type=module', '-e', `import all, { spawn } from '@x/procs/child_process'; const names = Object.keys(all); ${SAME}`],
  ],
])('%s', async (_name, args) => {
  const [names, text] = await runForJson(args, { cwd: app });
  expect(text).toBe('works\n');
  expect(names).toEqual(expect.arrayContaining(NAMES));
});

test('CommonJS and ESM share one instance', async () => {
  const script =
    "import esm, { spawn } from '@x/procs'; import { createRequire } from 'node:module'; const cjs = createRequire(import.meta.url)('@x/procs'); console.log(JSON.stringify([esm === cjs, spawn === cjs.spawn]))";
  expect(await runForJson(['--input-type=module', '-e', script], { cwd: app })).toEqual([true, true]);
});

test('nothing else can be reached from outside', async () => {
  const script = "try { require('@x/procs/js/native.js') } catch (error) { console.log(JSON.stringify(error.code)) }";
  expect(await runForJson(['-e', script], { cwd: app })).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED');
});
