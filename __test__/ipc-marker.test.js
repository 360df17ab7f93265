'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { getEventListeners } = require('node:events');
const { pathToFileURL } = require('node:url');
const { marker } = require('../js/ipc');

let dir;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'procs-marker-'));
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

test('one that is there already', async () => {
  await marker.signal(dir, 'job 1', { rows: 12, text: 'zwölf\n' });
  await expect(marker.watch(dir, 'job 1')).resolves.toEqual({ rows: 12, text: 'zwölf\n' });
  expect(fs.readdirSync(dir)).toEqual(['job 1.done']);
});

test('one that comes later', async () => {
  const watched = marker.watch(dir, 'a');
  await marker.signal(dir, 'b', 'not this');
  await marker.signal(dir, 'a', 'this');
  await expect(watched).resolves.toBe('this');
});

test('without a result, also by a shell', async () => {
  const watched = [marker.watch(dir, 'ours'), marker.watch(dir, 'touched')];
  await marker.signal(dir, 'ours');
  fs.writeFileSync(path.join(dir, 'touched.done'), '');
  await expect(Promise.all(watched)).resolves.toEqual([undefined, undefined]);
});

test('written by hand: under another name first, then moved', async () => {
  const watched = marker.watch(dir, 'by hand');
  fs.writeFileSync(path.join(dir, 'draft'), '{\n  "by": "hand"\n}\n');
  fs.renameSync(path.join(dir, 'draft'), path.join(dir, 'by hand.done'));
  await expect(watched).resolves.toEqual({ by: 'hand' });
});

test('what structuredClone carries', async () => {
  const result = {
    when: new Date(0),
    rows: new Map([[1, new Set(['a'])]]),
    bytes: new Uint8Array(70_000).fill(7),
    none: undefined,
    big: 5n,
  };
  result.self = result;
  await marker.signal(dir, 'x', result);
  await expect(marker.watch(dir, 'x')).resolves.toEqual(result);
});

test('a second signal replaces the first', async () => {
  await marker.signal(dir, 'x', 1);
  await marker.signal(dir, 'x', 2);
  await expect(marker.watch(dir, 'x')).resolves.toBe(2);
});

test('a folder given as a file URL, and a relative one', async () => {
  await marker.signal(pathToFileURL(dir), 'x', 1);
  await expect(marker.watch(path.relative(process.cwd(), dir), 'x')).resolves.toBe(1);
});

test('all who wait for the same marker get a result of their own', async () => {
  const watched = Promise.all([marker.watch(dir, 'x'), marker.watch(dir, 'x')]);
  await marker.signal(dir, 'x', { list: [] });
  const [one, other] = await watched;
  expect(one).toEqual({ list: [] });
  expect(other).toEqual(one);
  expect(other).not.toBe(one);
});

test('garbage is an error, and the next signal is read', async () => {
  fs.writeFileSync(path.join(dir, 'x.done'), '{"half');
  await expect(marker.watch(dir, 'x')).rejects.toMatchObject({ code: 'ERR_PROCS_IPC_GARBAGE', path: path.join(dir, 'x.done') });
  await marker.signal(dir, 'x', 'whole');
  await expect(marker.watch(dir, 'x')).resolves.toBe('whole');
});

const linux = process.platform === 'linux';

/** inotify watches of this process. */
function watches() {
  const ofAll = fs.readdirSync('/proc/self/fd').map((fd) => {
    try {
      return fs.readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1').match(/^inotify wd:/gm)?.length ?? 0;
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
      return 0;
    }
  });
  return ofAll.reduce((sum, one) => sum + one, 0);
}

(linux ? test : test.skip)('many who wait in one folder share one watch, and none is left', async () => {
  const before = watches();
  const ids = Array.from({ length: 200 }, (_, i) => `id ${i}`);
  const watched = ids.map((id) => marker.watch(dir, id));
  expect(watches()).toBe(before + 1);
  await Promise.all(ids.map((id, i) => marker.signal(dir, id, i)));
  expect(await Promise.all(watched)).toEqual(ids.map((_, i) => i));
  expect(watches()).toBe(before);
});

test('aborting', async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const watched = marker.watch(dir, 'x', { signal });
  controller.abort(new Error('enough'));
  await expect(watched).rejects.toMatchObject({ name: 'AbortError', code: 'ABORT_ERR', cause: { message: 'enough' } });
  await expect(marker.watch(dir, 'x', { signal })).rejects.toMatchObject({ code: 'ABORT_ERR' });
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('a signal that is never aborted keeps no listener', async () => {
  const { signal } = new AbortController();
  await marker.signal(dir, 'x');
  await marker.watch(dir, 'x', { signal });
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('a timeout says what did not come', async () => {
  await expect(marker.watch(dir, 'x', { timeout: 20 })).rejects.toMatchObject({
    code: 'ERR_PROCS_IPC_TIMEOUT',
    message: `No marker ${path.join(dir, 'x.done')} within 20 ms`,
  });
  await marker.signal(dir, 'x', 'in time');
  await expect(marker.watch(dir, 'x', { timeout: 2 ** 31 - 1 })).resolves.toBe('in time');
});

test.each([
  ['', 'ERR_INVALID_ARG_VALUE'],
  ['.', 'ERR_INVALID_ARG_VALUE'],
  ['..', 'ERR_INVALID_ARG_VALUE'],
  ['../x', 'ERR_INVALID_ARG_VALUE'],
  ['/etc/x', 'ERR_INVALID_ARG_VALUE'],
  ['a\\b', 'ERR_INVALID_ARG_VALUE'],
  ['a\0b', 'ERR_INVALID_ARG_VALUE'],
  ['\ud800', 'ERR_INVALID_ARG_VALUE'],
  ['ü'.repeat(126), 'ERR_INVALID_ARG_VALUE'],
  [5, 'ERR_INVALID_ARG_TYPE'],
  [undefined, 'ERR_INVALID_ARG_TYPE'],
])('%p is no id', async (id, code) => {
  await expect(marker.signal(dir, id, 1)).rejects.toMatchObject({ code });
  await expect(marker.watch(dir, id)).rejects.toMatchObject({ code });
  expect(fs.readdirSync(dir)).toEqual([]);
});

test('the longest id, and one that begins with a dot', async () => {
  for (const id of ['ü'.repeat(125), '.hidden', ' ', '…', 'a\nb']) {
    await marker.signal(dir, id, id);
    await expect(marker.watch(dir, id)).resolves.toBe(id);
  }
});

test('bad options are refused', async () => {
  for (const options of [null, 5, { timeout: '1' }, { timeout: -1 }, { timeout: NaN }, { timeout: 2 ** 31 }, { signal: {} }, { ref: 1 }]) {
    await expect(marker.watch(dir, 'x', options)).rejects.toMatchObject({
      code: expect.stringMatching(/^ERR_(INVALID_ARG_TYPE|OUT_OF_RANGE)$/),
    });
  }
  await expect(marker.watch(5, 'x')).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
  await expect(marker.signal('a\0b', 'x')).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
});
