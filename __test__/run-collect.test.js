'use strict';
// Output that JavaScript never sees until it is whole.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { Worker } = require('node:worker_threads');
const { run } = require('..');
const { runForJson, runNode } = require('./lib/run-node');

let folder;

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'procs-collect-'));
});

afterAll(() => {
  fs.rmSync(folder, { recursive: true });
});

function write(name, content) {
  const file = path.join(folder, name);
  fs.writeFileSync(file, content);
  return file;
}

/** Lets nothing else run in this thread. */
function blockUntil(condition) {
  const deadline = Date.now() + 20_000;
  const cell = new Int32Array(new SharedArrayBuffer(4));
  while (!condition() && Date.now() < deadline) Atomics.wait(cell, 0, 0, 5);
}

test('a child that writes much comes to its end while JavaScript is blocked', async () => {
  const done = path.join(folder, 'done');
  const subprocess = run('sh', ['-c', 'head -c 9000000 /dev/zero; : > "$0"', done], { encoding: 'buffer' });
  blockUntil(() => fs.existsSync(done));
  expect(fs.existsSync(done)).toBe(true);
  expect((await subprocess).stdout).toHaveLength(9_000_000);
});

const LARGE = 1_000_000;
const repeat = (unit) => Buffer.from(unit.repeat(LARGE / Buffer.byteLength(unit)));
const BROKEN = Buffer.concat([repeat('plain '), Buffer.from([0xf0, 0x9f, 0x98]), repeat('é'), Buffer.from([0xff, 0xc3])]);

test.each([
  ['ASCII', repeat('plain ')],
  ['Latin-1', repeat('größer ')],
  ['other letters', repeat('漢字 and Ж ')],
  ['surrogates', repeat('a 😀')],
  ['a byte order mark', repeat('\ufeffmark')],
  ['broken sequences', BROKEN],
])('a large string is what Buffer.toString() makes of it: %s', async (name, bytes) => {
  const { stdout } = await run('cat', [write(name, bytes)]);
  // Jest's own comparison prints both where they differ.
  expect(stdout === bytes.toString()).toBe(true);
});

test('memory of strings and Buffers that nobody has any more is given back', async () => {
  const { times, bytes, peak } = await runForJson(['run-collect-memory.js']);
  expect(peak).toBeLessThan((times * bytes) / 2);
});

test('nothing of it keeps a process alive', async () => {
  const { code, stdout, stderr } = await runNode(['run-collect-unref.js']);
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'ended\n', stderr: '' });
});

test('a Worker collects without a warning', async () => {
  const { code, stdout, stderr } = await runNode(['run-collect-worker.js']);
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '3000000\n', stderr: '' });
});

test('a Worker that is terminated in the middle takes nothing with it', async () => {
  const code = `
    const { run } = require(${JSON.stringify(path.join(__dirname, '..'))});
    for (let i = 0; i < 8; i++) run('sh', ['-c', 'head -c 3000000 /dev/zero; echo up >&2; sleep 1'], { reject: false, all: i % 2 === 1 });
    require('node:worker_threads').parentPort.postMessage('started');
    if (require('node:worker_threads').workerData) for (;;);`;
  for (const workerData of [false, true]) {
    const worker = new Worker(code, { eval: true, workerData });
    await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
    expect(await worker.terminate()).toBe(1);
  }
  expect((await run('echo', ['still here'])).stdout).toBe('still here');
});
