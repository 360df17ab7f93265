'use strict';
// How a worker ends: with its pool, whatever that does; and what it leaves behind.

const { once } = require('node:events');
const { spawn } = require('node:child_process');
const { ENTRY, RawWorker } = require('./lib/raw-pool.js');

let worker;

afterEach(() => worker?.kill());

async function ready(file = 'tasks.js') {
  worker = new RawWorker();
  await worker.setUp(file);
}

test('a goodbye: it ends, whatever its program has open', async () => {
  await ready('stays.js');
  expect(await worker.task(1)).toEqual({ kind: 'R', value: 1 });
  worker.sayGoodbye();
  expect(await worker.ended).toEqual({ exitCode: 0, signal: 0 });
});

test('a goodbye while a task runs: it ends, and the task is not answered', async () => {
  await ready();
  const [id] = worker.tasks([['a', 'gate']]);
  await worker.heard('begun', 'a');
  worker.sayGoodbye();
  expect(await worker.ended).toEqual({ exitCode: 0, signal: 0 });
  expect(worker.answers(id)).toEqual([]);
});

test('what it has said before a goodbye arrives', async () => {
  await ready();
  const [id] = worker.tasks([[5_000_000, 'long']]);
  worker.sayGoodbye();
  expect(await worker.ended).toEqual({ exitCode: 0, signal: 0 });
  expect(worker.answers(id)).toHaveLength(1);
});

test('the pool is gone without a word: it ends', async () => {
  await ready('stays.js');
  worker.hangUp();
  expect(await worker.ended).toEqual({ exitCode: 1, signal: 0 });
});

test('the pool is gone while a task runs that waits for ever: it ends', async () => {
  await ready();
  worker.tasks([['a', 'gate']]);
  await worker.heard('begun', 'a');
  worker.hangUp();
  expect(await worker.ended).toEqual({ exitCode: 1, signal: 0 });
});

test.each([
  ['no JSON', '{"a\n'],
  ['a tag that is none', 'Q1~:{"$":["Nonsense"]}\n'],
  ['a request about the worker itself that it does not know', null],
  ['a frame that is for somebody else', 'S5:\n'],
])('%s: it says so', async (_what, frame) => {
  await ready();
  if (frame === null) {
    worker.write(`Q${2 ** 30 + 5}=procs.unknown:\n`);
    const { kind, value } = await worker.answer(2 ** 30 + 5);
    expect([kind, value.code]).toEqual(['E', 'ERR_PROCS_IPC_PROTOCOL']);
    return;
  }
  worker.write(frame);
  expect(await worker.ended).toEqual({ exitCode: 1, signal: 0 });
  expect(worker.said.at(-1)).toMatchObject({ kind: 'X', value: { code: expect.stringMatching(/^ERR_PROCS_IPC_(GARBAGE|PROTOCOL)$/) } });
});

test('its channel is not where a program would close it by mistake, and no child of it has it', async () => {
  await ready('descriptors.js');
  const { value } = await worker.task(0);
  expect(value).toEqual({ ours: [], ofChild: [] });
  expect(await worker.task(1, 'still')).toEqual({ kind: 'R', value: 1 });
});

test('a program that closes the channel itself is gone for its pool', async () => {
  await ready('descriptors.js');
  worker.tasks([[0, 'closeAll']]);
  await expect(worker.until(() => false)).rejects.toThrow('The worker has gone');
});

test('started by hand it says what it is for', async () => {
  worker = undefined;
  const { PROCS_CHANNEL_FD, ...env } = process.env;
  const child = spawn(process.execPath, [ENTRY], { stdio: ['ignore', 'inherit', 'pipe'], env });
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (more) => {
    text += more;
  });
  expect(await once(child, 'close')).toEqual([1, null]);
  expect(text).toContain('started by a Pool');
});
