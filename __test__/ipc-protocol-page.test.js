'use strict';
// What docs/protocol.md shows is what happens: its session, line for line, and its client.

const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const { once } = require('node:events');
const { run } = require('@x/procs');
const { listen } = require('@x/procs/ipc');
const { testPython } = require('./lib/python.js');
const { read } = require('./lib/sources.js');

const page = read('docs/protocol.md');
const block = (language) => new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'ms').exec(page)[1];

async function* countTo(count) {
  for (let n = 0; n < count; n++) yield n;
}

function answer({ add, when, bytes, count, fail, wait }) {
  if (add) return add.reduce((sum, n) => sum + n, 0);
  if (when) return when;
  if (bytes) return bytes.length;
  if (count) return countTo(count);
  if (fail) throw Object.assign(new RangeError(fail), { code: 'E_FAR' });
  return wait && new Promise(() => {});
}

/** Lines that come, one by one. */
async function* linesOf(socket) {
  let text = '';
  for await (const data of socket) {
    text += data;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n')) {
      yield text.slice(0, end);
      text = text.slice(end + 1);
    }
  }
}

function expectLine(line, expected) {
  const [, head, json] = /^([^:]*):(.*)$/.exec(line);
  const [, expectedHead, expectedJson] = /^([^:]*):(.*)$/.exec(expected);
  expect(head).toBe(expectedHead);
  if (expectedJson === '') expect(json).toBe('');
  else if (!expectedJson.startsWith('{') || expectedHead.endsWith('~')) expect(json).toBe(expectedJson);
  else {
    const wanted = JSON.parse(expectedJson);
    if (wanted.message === '…') wanted.message = expect.any(String);
    expect(JSON.parse(json)).toMatchObject(wanted);
  }
}

test('the session', async () => {
  const address = path.join(os.tmpdir(), `procs-page-${process.pid}.sock`);
  const messages = [];
  const listener = listen(address, (channel) => {
    channel.onRequest(answer);
    channel.on('message', (message) => messages.push(message));
  });
  const socket = net.connect(address);
  await once(socket, 'connect');
  const lines = linesOf(socket);
  for (const line of block('session').trim().split('\n')) {
    const [, way, text] = /^(>>|>|<) (.*)$/.exec(line);
    if (way === '>') socket.write(`${text}\n`);
    else if (way === '>>') socket.write(Buffer.from(text.replaceAll(' ', ''), 'hex'));
    else expectLine((await lines.next()).value, text);
  }
  expect((await lines.next()).done).toBe(true);
  expect(messages).toEqual([{ hello: 'world' }]);
  listener.close();
});

testPython('the client', async () => {
  const child = run('python3', ['-c', block('python')], { serialization: 'structured', stdio: ['ignore', 'inherit', 'inherit'] });
  const { channel } = child;
  expect(await channel.request({ add: [2, 3] })).toBe(5);
  await expect(channel.request({ add: 'x' })).rejects.toMatchObject({ name: 'TypeError' });
  await expect(channel.request(new Map())).rejects.toMatchObject({ message: 'Plain JSON only, please' });
  await expect(channel.request({ text: 'x'.repeat(100_000), bytes: new Uint8Array(200_000) })).rejects.toMatchObject({ name: 'TypeError' });
  const heard = once(channel, 'message');
  channel.send(['ÿ']);
  expect((await heard)[0]).toEqual({ heard: ['ÿ'] });
  channel.close();
  expect((await child).exitCode).toBe(0);
});
