'use strict';
// When there are no descriptors, no shared memory, no time: what can go another way does, and the rest is told to whoever asked.

const net = require('node:net');
const fs = require('node:fs');
const path = require('node:path');
const { execFile, spawnSync } = require('node:child_process');
const { once } = require('node:events');
const { text } = require('node:stream/consumers');
const { run } = require('@x/procs');
const { descriptors } = require('./lib/descriptors.js');
const { hasPython } = require('./lib/python.js');

const program = (name) => path.join(__dirname, 'fixtures', 'ipc-faults', name);

function output(file, args) {
  return new Promise((resolve, reject) => {
    execFile(file, args, { timeout: 60_000, killSignal: 'SIGKILL' }, (error, stdout, stderr) =>
      error ? reject(new Error(`${error.message}\n${stderr}`)) : resolve(JSON.parse(stdout)),
    );
  });
}

const canFilter = hasPython && process.platform === 'linux' && spawnSync('python3', [program('limited.py'), 'true']).status === 0;
const testFiltered = canFilter ? test : test.skip;
const onLinux = process.platform === 'linux' ? test : test.skip;

describe('large bytes arrive, both ways', () => {
  test('with all there is', async () => {
    expect(await output(process.execPath, [program('starved.js'), 'none'])).toEqual({ right: true, exitCode: 0 });
  });

  test.each([
    ['without a descriptor left', 'ulimit -n 60', 'nofile'],
    ['where no file may be longer than a kilobyte', 'ulimit -f 1', 'fsize'],
  ])('%s', async (_, limit, what) => {
    const command = `${limit}; exec "$0" "$@"`;
    expect(await output('bash', ['-c', command, process.execPath, program('starved.js'), what])).toEqual({ right: true, exitCode: 0 });
  });

  testFiltered('where memfd_create is forbidden', async () => {
    expect(await output('python3', [program('limited.py'), process.execPath, program('starved.js'), 'none'])).toEqual({
      right: true,
      exitCode: 0,
    });
  });
});

onLinux('a handle that the receiver has no descriptor for: the sender is told, and still has it; the message arrives', async () => {
  const child = run('bash', ['-c', 'ulimit -n 60; exec "$0" "$@"', process.execPath, program('echo.js')], {
    serialization: 'structured',
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const { channel } = child;
  await channel.request('up');
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const connecting = net.connect(server.address().port, '127.0.0.1');
  const [[socket]] = await Promise.all([once(server, 'connection'), once(connecting, 'connect')]);

  expect(await channel.request({ op: 'fill' })).toBeGreaterThan(10);
  const told = once(channel, 'message');
  await expect(channel.send('a handle?', socket)).rejects.toMatchObject({ code: 'ERR_PROCS_IPC_HANDLE_LOST' });
  expect((await told)[0]).toBe('none');
  expect(await channel.request({ op: 'handle' }, { handle: socket }).catch((error) => error.code)).toMatch(
    /none|ERR_PROCS_IPC_HANDLE_LOST/,
  );

  // Nothing has happened to it, and the next one that finds room is taken.
  expect(socket.destroyed).toBe(false);
  await channel.request({ op: 'free' });
  expect(await channel.request({ op: 'handle' }, { handle: socket })).toBe('Socket');
  expect(await text(connecting)).toBe('');
  server.close();
  channel.close();
  await child;
});

test('10,000 requests in flight when the peer dies: each has an answer, which says what became of it', async () => {
  const before = descriptors();
  const child = run(process.execPath, [program('echo.js')], {
    serialization: 'structured',
    reject: false,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const { channel } = child;
  await channel.request('up');
  const answers = Array.from({ length: 10_000 }, (_, n) =>
    channel.request(n === 700 ? { op: 'die' } : n).then(
      (answer) => (answer === n ? 'answered' : 'wrong'),
      (error) => `${error.code} ${error.signal}`,
    ),
  );
  const counts = {};
  for (const outcome of await Promise.all(answers)) counts[outcome] = (counts[outcome] ?? 0) + 1;
  // What it had answered before may have been with it, in its outbox, when it died.
  expect(Object.keys(counts).filter((outcome) => outcome !== 'answered')).toEqual(['ERR_PROCS_IPC_CLOSED SIGKILL']);
  expect((counts.answered ?? 0) + counts['ERR_PROCS_IPC_CLOSED SIGKILL']).toBe(10_000);
  expect(await child).toMatchObject({ signal: 'SIGKILL' });
  await new Promise(setImmediate);
  expect(descriptors().filter((line) => !before.includes(line))).toEqual([]);
});

test.each([[1000], [30_000], [65_536], [1_048_576]])(
  '100 MB to a peer that stands still, %i bytes at a time, wait within bounds',
  async (size) => {
    const { received, queued, megabytes } = await output(process.execPath, [program('blocked.js'), size]);
    expect(received).toBe(Math.ceil((100 * 1024 * 1024) / size) * size);
    expect(queued).toBeLessThanOrEqual(5);
    expect(megabytes).toBeLessThan(100);
  },
);

onLinux('a descriptor for the channel that is none is an error of its own, and none of the program', async () => {
  const file = fs.openSync(program('echo.js'));
  try {
    const code = `const { parent } = require('@x/procs/ipc'); console.log(JSON.stringify(parent))`;
    expect(
      await output('bash', [
        '-c',
        `exec 9<"$1"; cd "$2"; PROCS_CHANNEL_FD=9 exec "$0" -e "${code}"`,
        process.execPath,
        program('echo.js'),
        __dirname,
      ]),
    ).toBe(null);
  } finally {
    fs.closeSync(file);
  }
});
