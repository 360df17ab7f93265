'use strict';
// How a channel with Python ends, on either side and by whatever.

const { once } = require('node:events');
const { run } = require('@x/procs');
const { environment, program, testPython, worker } = require('./lib/python.js');

testPython('it is closed here: Python ends by itself', async () => {
  const child = worker(run, 'worker');
  expect(await child.channel.request('up')).toBe('up');
  child.channel.close();
  expect(await child).toMatchObject({ exitCode: 0 });
});

testPython('Python exits: a clean end', async () => {
  const child = worker(run, 'worker');
  const closed = once(child.channel, 'close');
  await expect(child.channel.request({ op: 'exit', value: 3 })).rejects.toMatchObject({ code: 'ERR_PROCS_IPC_CLOSED' });
  expect((await closed)[0] ?? null).toBe(null);
  expect(await child).toMatchObject({ exitCode: 3 });
});

testPython('Python is killed with 10,000 requests in flight: each has an answer, which says so', async () => {
  const child = worker(run, 'worker');
  const { channel } = child;
  expect(await channel.request('up')).toBe('up');
  const answers = Array.from({ length: 10_000 }, (_, n) =>
    channel.request(n === 500 ? { op: 'die' } : n).then(
      () => 'answered',
      (error) => [error.code, error.signal],
    ),
  );
  const outcomes = await Promise.all(answers);
  const counts = new Map();
  for (const outcome of outcomes) counts.set(String(outcome), (counts.get(String(outcome)) ?? 0) + 1);
  expect([...counts]).toEqual([
    ['answered', 500],
    ['ERR_PROCS_IPC_CLOSED,SIGKILL', 9500],
  ]);
  expect(await child).toMatchObject({ signal: 'SIGKILL' });
});

testPython('we are killed: Python sees the end, and ends', async () => {
  const parent = run(
    process.execPath,
    [
      '-e',
      `const child = require('@x/procs').run('python3', [${JSON.stringify(program('worker'))}], { serialization: 'structured', lifetime: 'independent', stdio: ['ignore', 'inherit', 'inherit'] });
      child.channel.request('up').then(() => console.log(child.pid));`,
    ],
    { cwd: __dirname, env: environment, stdio: ['ignore', 'pipe', 'inherit'], lines: true, reject: false },
  );
  const lines = parent[Symbol.asyncIterator]();
  const pid = Number((await lines.next()).value);
  expect(process.kill(pid, 0)).toBe(true);
  parent.kill('SIGKILL');
  // Its stdout, which Python has as well, ends when both are gone.
  expect((await lines.next()).done).toBe(true);
});

testPython('what is no frame ends the channel with an error that says so; Python gets to know', async () => {
  const child = run(
    'python3',
    [
      '-c',
      'import os; os.write(int(os.environ["PROCS_CHANNEL_FD"]), b"hello?\\n"); print(os.read(int(os.environ["PROCS_CHANNEL_FD"]), 65536).decode())',
    ],
    {
      serialization: 'structured',
    },
  );
  const [error] = await once(child.channel, 'close');
  expect(error).toMatchObject({ code: 'ERR_PROCS_IPC_VERSION' });
  await child;
});
