'use strict';
// A peer that says what it likes is cut off with an error that says so, or understood; the process lives, and nothing hangs or is left open.

const net = require('node:net');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { execFile, spawn } = require('node:child_process');
const { once } = require('node:events');
const { connect, listen } = require('@x/procs/ipc');

const HELLO = 'H:{"protocol":"procs","version":1,"pid":1,"software":"test/1"}\n';
const GARBAGE = 'ERR_PROCS_IPC_GARBAGE';
const PROTOCOL = 'ERR_PROCS_IPC_PROTOCOL';
const TOO_LARGE = 'ERR_PROCS_IPC_TOO_LARGE';
const VERSION = 'ERR_PROCS_IPC_VERSION';
const MAX_FRAME = 100_000;

let folder;
let listener;

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'procs-garbage-'));
  listener = listen(`${folder}/listener`, { maxFrame: MAX_FRAME });
});

afterAll(() => {
  listener.close();
  fs.rmSync(folder, { recursive: true });
});

describe.each(['listen', 'connect'])('%s()', (which) => {
  test('each prefix of a session, and each of its bytes changed', async () => {
    const { total, codes, left } = await new Promise((resolve, reject) => {
      const program = path.join(__dirname, 'fixtures', 'ipc-garbage-wire', 'corrupted.js');
      execFile(process.execPath, [program, which], { timeout: 60_000, killSignal: 'SIGKILL' }, (error, stdout) =>
        error ? reject(error) : resolve(JSON.parse(stdout)),
      );
    });
    expect(total).toBeGreaterThan(1500);
    const known = ['null', GARBAGE, PROTOCOL, TOO_LARGE, VERSION, 'ERR_PROCS_IPC_CLOSED'];
    expect(Object.keys(codes).filter((code) => !known.includes(code))).toEqual([]);
    expect(codes[GARBAGE]).toBeGreaterThan(500);
    expect(left).toBe(0);
  }, 90_000);
});

function endOf(channel) {
  channel.on('message', () => {});
  channel.onRequest(() => new Promise(() => {}));
  return once(channel, 'close');
}

/** What an end of ours says to it, and how it ends. */
async function say(data) {
  const socket = net.connect(`${folder}/listener`);
  const parts = [];
  socket.on('data', (part) => parts.push(part));
  socket.on('error', () => {}); // Of what it still wrote when it was cut off.
  const isStranger = !data.includes('\n') || !String(data).startsWith(HELLO);
  const ended = isStranger ? Promise.resolve([null]) : once(listener, 'channel').then(([channel]) => endOf(channel));
  socket.write(data);
  await once(socket, 'close');
  const answer = Buffer.concat(parts).toString();
  const goodbye = /^X:(.*)\n$/m.exec(answer.slice(answer.indexOf('\n') + 1));
  return { goodbye: goodbye && JSON.parse(goodbye[1]), error: (await ended)[0] };
}

/** To each that comes, whatever that says: what is not read keeps its socket open, and this process. */
function serverThatSays(text) {
  return net.createServer((socket) => {
    socket.on('error', () => {}); // Of what was cut off.
    socket.resume().end(text);
  });
}

const deep = (levels) => '['.repeat(levels) + ']'.repeat(levels);

test.each([
  ['a line that is no frame', 'hello', GARBAGE],
  ['a header without an end', 'Q1', GARBAGE],
  ['an id out of range', 'Q2147483648:1', GARBAGE],
  ['marks out of order', 'M+1b~:1', GARBAGE],
  ['no JSON', '{"a":', GARBAGE],
  ['two JSONs in one line', '1,2', GARBAGE],
  ['NaN', 'NaN', GARBAGE],
  ['a tag that does not exist', 'M~:{"$":["constructor"]}', GARBAGE],
  ['JSON 1,001 levels deep', deep(1001), GARBAGE],
  ['JSON 49,000 levels deep', deep(49_000), GARBAGE],
  ['a table of JSON 2,000 levels deep', `M~:{"$":["graph",1,[${deep(2000)}]]}`, GARBAGE],
  ['a kind that does not exist', 'Z:1', PROTOCOL],
  ['a second hello', HELLO.trim(), PROTOCOL],
  ['a request without an id', 'Q:1', GARBAGE],
  ['a request twice', 'Q1:1\nQ1:1', PROTOCOL],
  ['a frame of a broker', 'P=topic:1', PROTOCOL],
  ['a piece of a slab that was never announced', 'M~+4096s1.0:{"$":["Uint8Array",0]}', PROTOCOL],
  ['a place given back that was never given', 'F:[[1,0]]', PROTOCOL],
  ['a longer line than is taken', `"${'x'.repeat(MAX_FRAME)}"`, TOO_LARGE],
  ['longer bytes than are taken', `M~+${MAX_FRAME}b:{"$":["Uint8Array",0]}`, TOO_LARGE],
  ['a length of 2 GB', 'M~+2000000000b:{"$":["Uint8Array",0]}', TOO_LARGE],
  ['a length beyond numbers', 'M~+99999999999999999999b:1', GARBAGE],
  ['5,000 segments', `M~${'+1b'.repeat(5000)}:1`, TOO_LARGE],
  ['another version', null, VERSION, 'H:{"protocol":"procs","version":2}\n'],
  ['another protocol', null, VERSION, 'H:{"protocol":"http","version":1}\n'],
  ['a hello that is no object', null, GARBAGE, 'H:1\n'],
  ['no hello', null, VERSION, '{"a":1}\n'],
  ['a request of the web', null, VERSION, 'GET / HTTP/1.1\r\n\r\n'],
  ['zeros', null, VERSION, Buffer.alloc(10_000)],
  ['noise', null, VERSION, Buffer.from(Array.from({ length: 5000 }, (_, n) => (n * n * 31 + n) & 0xff))],
])('%s', async (_, line, code, whole = `${HELLO}${line}\n`) => {
  const { goodbye, error } = await say(whole);
  expect(goodbye).toMatchObject({ code, message: expect.any(String) });
  if (line !== null) expect(error).toMatchObject({ code });
});

test('JSON 100,000 levels deep, where that is not too long', async () => {
  const server = serverThatSays(`${HELLO}${deep(100_000)}\n`).listen(`${folder}/deep`);
  const channel = await connect(`${folder}/deep`);
  expect((await once(channel, 'close'))[0]).toMatchObject({ code: GARBAGE });
  server.close();
});

test('a frame after the goodbye', async () => {
  const { error } = await say(`${HELLO}X:\n1\n`);
  expect(error).toMatchObject({ code: PROTOCOL });
});

test('a peer that says goodbye and does not close is hung up on, and who waits for its answer is told', async () => {
  const socket = net.connect(`${folder}/listener`);
  socket.resume();
  const arrived = once(listener, 'channel');
  socket.write(`${HELLO}X:\n`);
  const [channel] = await arrived;
  const answer = channel.request('an answer, please').catch((error) => error);
  // Of this end: the socket is never closed at the other.
  await once(socket, 'end');
  expect(await answer).toMatchObject({ code: 'ERR_PROCS_IPC_CLOSED', message: 'The channel is closed: the peer has closed it' });
  socket.destroy();
});

test('a server that is none is an error of connect()', async () => {
  const server = serverThatSays('220 mail\n').listen(`${folder}/mail`);
  await expect(connect(`${folder}/mail`)).rejects.toMatchObject({ code: VERSION });
  server.close();
});

test.each([
  ['garbage', `${HELLO}garbage\n`, GARBAGE],
  ['no hello', 'hello\n', VERSION],
  ['half a message', `${HELLO}{"half`, 'ERR_PROCS_IPC_CLOSED'],
  ['noise', Buffer.alloc(10_000, 0xe9), VERSION],
  ['deep JSON', `${HELLO}${deep(100_000)}\n`, GARBAGE],
  ['nothing', '', 'ERR_PROCS_IPC_CLOSED'],
])('a child whose channel carries %s lives on', async (_, data, code) => {
  const program = path.join(__dirname, 'fixtures', 'ipc-garbage-wire', 'child.js');
  const child = spawn(process.execPath, [program], {
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
    env: { ...process.env, PROCS_CHANNEL_FD: '3' },
  });
  child.stdio[3].on('error', () => {});
  child.stdio[3].resume();
  child.stdio[3].end(data);
  let stdout = '';
  child.stdout.on('data', (part) => {
    stdout += part;
  });
  const [exitCode] = await once(child, 'close');
  expect([exitCode, stdout]).toEqual([0, `${code}\nalive\n`]);
});
