'use strict';
// What can go wrong with a folder, a disk, a peer, and the kernel's queue.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { fork, spawnSync } = require('node:child_process');
const { once } = require('node:events');
const { setImmediate: turn } = require('node:timers/promises');
const { marker } = require('../js/ipc');
const { cleanEnv, fixtures } = require('./lib/run-node.js');

const SIGNALS = path.join(fixtures, 'ipc-marker-signals.js');

let dir;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'procs-marker-'));
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

/** Runs fixtures/ipc-marker-signals.js below a shell command that sets the scene: its report. */
function signalsBelow(scene, ...args) {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', `${scene}; exec "$@"`, 'sh', process.execPath, SIGNALS, dir, ...args], {
    encoding: 'utf8',
    env: cleanEnv(),
  });
  if (status !== 0) throw new Error(`${status}: ${stdout}${stderr}`);
  return JSON.parse(stdout);
}

test('a marker that is a pipe or a device is no result, and holds none of the threads that read files', async () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const pipes = names.map((name) => path.join(dir, `${name}.done`));
  expect(spawnSync('mkfifo', pipes).status).toBe(0);
  fs.symlinkSync('/dev/zero', path.join(dir, 'zero.done'));
  const told = { code: 'ERR_PROCS_IPC_GARBAGE', message: expect.stringMatching(/holds no result that could be read: it is no file$/) };
  for (const name of [...names, 'zero']) await expect(marker.watch(dir, name)).rejects.toMatchObject(told);
  await marker.signal(dir, 'x', 'read');
  await expect(marker.watch(dir, 'x')).resolves.toBe('read');
});

test('no folder', async () => {
  const none = path.join(dir, 'none');
  const missing = { code: 'ENOENT', errno: -2 };
  await expect(marker.signal(none, 'x', 1)).rejects.toMatchObject({ ...missing, path: path.join(none, 'x.done') });
  await expect(marker.watch(none, 'x')).rejects.toMatchObject({ ...missing, path: none });
  await expect(marker.signal(none, 'x')).rejects.toThrow(/^Cannot write the marker .*none\/x\.done: no such file or directory \(ENOENT\)$/);
  await expect(marker.watch(none, 'x')).rejects.toThrow(/^Cannot watch for markers in .*none: no such file or directory \(ENOENT\)$/);
  fs.mkdirSync(none);
  await marker.signal(none, 'x', 'now');
  await expect(marker.watch(none, 'x')).resolves.toBe('now');
});

test('a file is no folder, and a folder no marker', async () => {
  const file = path.join(dir, 'file');
  fs.writeFileSync(file, '');
  await expect(marker.signal(file, 'x', 1)).rejects.toMatchObject({ code: 'ENOTDIR' });
  await expect(marker.watch(file, 'x')).rejects.toMatchObject({ code: 'ENOTDIR' });
  fs.mkdirSync(path.join(dir, 'x.done'));
  await expect(marker.watch(dir, 'x')).rejects.toMatchObject({ code: 'EISDIR' });
  await expect(marker.signal(dir, 'x', 1)).rejects.toMatchObject({ code: 'EISDIR' });
  expect(fs.readdirSync(dir).sort()).toEqual(['file', 'x.done']);
});

test.each([
  ['removed', (folder) => fs.rmSync(folder, { recursive: true })],
  ['moved away', (folder) => fs.renameSync(folder, `${folder} of old`)],
])('a folder that is %s', async (_name, make) => {
  const folder = path.join(dir, 'folder');
  fs.mkdirSync(folder);
  const watched = Promise.allSettled([marker.watch(folder, 'x'), marker.watch(folder, 'y')]);
  make(folder);
  for (const { reason } of await watched) expect(reason).toMatchObject({ code: 'ENOENT', path: folder });
});

test('a folder that is another one by now is watched on', async () => {
  const folder = path.join(dir, 'folder');
  fs.mkdirSync(folder);
  const watched = marker.watch(folder, 'x');
  fs.rmdirSync(folder);
  fs.mkdirSync(folder);
  // In between, the end of the old one is noticed.
  for (let i = 0; i < 5; i++) await turn();
  await marker.signal(folder, 'x', 'here');
  await expect(watched).resolves.toBe('here');
});

test('a marker with the name of its folder', async () => {
  const folder = path.join(dir, 'x.done');
  fs.mkdirSync(folder);
  const watched = marker.watch(folder, 'x');
  await marker.signal(folder, 'x', 'same');
  await expect(watched).resolves.toBe('same');
});

test('what is no result leaves nothing behind', async () => {
  await expect(marker.signal(dir, 'x', { f() {} })).rejects.toMatchObject({ name: 'DataCloneError' });
  expect(fs.readdirSync(dir)).toEqual([]);
});

test('a file that may not become longer: an error, and no draft', () => {
  expect(signalsBelow('ulimit -f 0', 'once', '10000')).toEqual({ code: 'EFBIG', left: [] });
});

const mayMount = process.platform === 'linux' && spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0;

(mayMount ? test : test.skip)('a disk that is full: an error, and no draft', () => {
  const { status, stdout, stderr } = spawnSync(
    'unshare',
    ['-m', 'sh', '-c', 'mount -t tmpfs -o size=64k none "$3" && exec "$@"', 'sh', process.execPath, SIGNALS, dir, 'once', '100000'],
    { encoding: 'utf8', env: cleanEnv() },
  );
  expect([status, stderr]).toEqual([0, '']);
  expect(JSON.parse(stdout)).toEqual({ code: 'ENOSPC', left: [] });
});

test('descriptors that have run out are an error of each call, and no draft is left', () => {
  expect(signalsBelow('ulimit -n 64', 'descriptors')).toEqual({ signal: 'EMFILE', watch: 'EMFILE', left: [], after: 'fine' });
});

test('whoever does not want to wait is not kept', () => {
  expect(signalsBelow(':', 'unref')).toEqual({ exited: true });
});

test('a peer that is killed while it signals: each marker is whole', async () => {
  const child = fork(SIGNALS, [dir, 'forever', '300000'], { env: cleanEnv() });
  const end = once(child, 'exit');
  for (let i = 0; i < 30; i++) {
    const { length } = await marker.watch(dir, 'x');
    expect(length).toBe(300_000);
    if (i === 20) child.kill('SIGKILL');
  }
  await end;
});

test('markers of another process, each of which is seen', async () => {
  const child = fork(SIGNALS, [dir, 'many', '500'], { env: cleanEnv() });
  const end = once(child, 'exit');
  const watched = Array.from({ length: 500 }, (_, i) => marker.watch(dir, `m${i}`));
  expect(await Promise.all(watched)).toEqual(Array.from({ length: 500 }, (_, i) => ({ i })));
  await end;
});

test('more events than the kernel keeps, while this thread is busy', async () => {
  const other = fs.mkdtempSync(path.join(os.tmpdir(), 'procs-marker-'));
  const watched = [marker.watch(dir, 'x'), marker.watch(other, 'x')];
  // The looks of the beginning are over.
  await marker.signal(dir, 'y');
  await marker.watch(dir, 'y');
  const { status, stderr } = spawnSync(process.execPath, [SIGNALS, dir, 'flood', other], { env: cleanEnv(), encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  await expect(Promise.all(watched)).resolves.toEqual(['after', 'after']);
  fs.rmSync(other, { recursive: true });
});
