'use strict';
// A worker in Python at the other end of a channel: what it answers, streams and gets is what a worker in JavaScript would.

const dgram = require('node:dgram');
const fs = require('node:fs');
const net = require('node:net');
const { once } = require('node:events');
const { run } = require('@x/procs');
const { sharedWorker, testPython } = require('./lib/python.js');
const { text } = require('node:stream/consumers');

const python = sharedWorker(run);
const { ask } = python;

testPython('it says who it is', async () => {
  expect(await python.channel.request('first')).toBe('first');
  expect(python.channel.peer).toMatchObject({ version: 1, pid: python.child.pid, software: expect.stringMatching(/^procs\.py\//) });
  expect(await ask('peer')).toMatchObject({ protocol: 'procs', version: 1, pid: process.pid });
});

testPython('plain messages come back as they are, and in their order', async () => {
  const sent = [1, 'é☃😀', null, [true, { a: { b: [] } }], '\ud800', 2 ** 53 + 2, 1e21, 'x'.repeat(3000)];
  const received = [];
  const all = new Promise((resolve) => {
    python.channel.on('message', (message) => received.push(message) === sent.length && resolve());
  });
  for (const message of sent) python.channel.send(message);
  await all;
  python.channel.removeAllListeners('message');
  expect(received).toEqual(sent);
});

const shared = { shared: true };
const circular = new Map();
circular.set('me', circular);

testPython.each([
  ['undefined', undefined, 'undefined'],
  ['NaN', Number.NaN, 'builtins.float'],
  ['-0', -0, 'builtins.float'],
  ['an integer past 2**53, which is a double', 2 ** 60, 'builtins.float'],
  ['a BigInt', 2n ** 70n, 'procs.BigInt'],
  ['a small BigInt', -3n, 'procs.BigInt'],
  ['a long string', 'ÿ'.repeat(10_000), 'builtins.str'],
  ['a long string with everything', '☃\ud800😀'.repeat(10_000), 'builtins.str'],
  ['a Date', new Date(1e12), 'datetime.datetime'],
  ['a Date that datetime has not', new Date(8.64e15), 'procs.Date'],
  ['a RegExp', /a(?<b>c)/giu, 'procs.RegExp'],
  [
    'a Map with any keys',
    new Map([
      [{ k: [1] }, 1],
      [true, 2],
      [1, 3],
      ['1', 4],
    ]),
    'procs.Map',
  ],
  ['a Set', new Set([1, '1', true, [1]]), 'procs.Set'],
  ['an array with holes', Object.assign([], { length: 3, 0: 1 }), 'procs.SparseArray'],
  ['a very long array with holes', Object.assign([], { length: 4294967295 }), 'procs.SparseArray'],
  ['an object like a tag', { $: ['Date', 0] }, 'builtins.dict'],
  ['an object twice', [shared, shared], 'builtins.list'],
  ['a circle', circular, 'procs.Map'],
  ['a wrapper', new Number(3), 'procs.Wrapper'],
  ['an ArrayBuffer', new Uint8Array([1, 2, 3]).buffer, 'builtins.bytearray'],
  ['a Uint8Array', new Uint8Array([1, 2, 3]), 'builtins.memoryview'],
  ['a Float64Array', new Float64Array([1.5, Number.NaN]), 'builtins.memoryview'],
  ['a BigUint64Array', new BigUint64Array([2n ** 64n - 1n]), 'builtins.memoryview'],
  ['a Uint8ClampedArray', new Uint8ClampedArray([300]), 'procs.TypedArray'],
  ['a DataView', new DataView(new ArrayBuffer(8), 2, 4), 'procs.TypedArray'],
  ['an Error', new TypeError('no', { cause: new RangeError('why') }), 'procs.TypeError'],
])('%s goes there and back', async (_, value, type) => {
  expect(await ask('type', value)).toBe(type);
  const back = await python.channel.request(value);
  const expected = structuredClone(value);
  if (ArrayBuffer.isView(value))
    expect(new Uint8Array(back.buffer, back.byteOffset, back.byteLength)).toEqual(
      new Uint8Array(expected.buffer, expected.byteOffset, expected.byteLength),
    );
  else expect(back).toEqual(expected);
  expect(Object.prototype.toString.call(back)).toBe(Object.prototype.toString.call(value));
  if (Array.isArray(value) && value[0] === shared) expect(back[0]).toBe(back[1]);
  if (value === circular) expect(back.get('me')).toBe(back);
  if (value instanceof Error) expect([back.stack, back.cause.message, back.cause.constructor]).toEqual([value.stack, 'why', RangeError]);
});

testPython('an invalid Date stays one', async () => {
  expect(Number(await python.channel.request(new Date(Number.NaN)))).toBeNaN();
});

testPython('views that share a buffer still do', async () => {
  const buffer = new ArrayBuffer(16);
  const back = await python.channel.request({ buffer, bytes: new Uint8Array(buffer, 2, 4), ints: new Int32Array(buffer, 8, 2) });
  expect([back.bytes.buffer, back.bytes.byteOffset, back.bytes.length]).toEqual([back.buffer, 2, 4]);
  expect([back.ints.buffer, back.ints.byteOffset, back.ints.length]).toEqual([back.buffer, 8, 2]);
});

testPython('20,000 levels cost no stack', async () => {
  let deep = [];
  for (let n = 0; n < 20_000; n++) deep = [deep];
  let back = await python.channel.request(deep);
  let depth = 0;
  for (; back.length > 0; depth++) back = back[0];
  expect(depth).toBe(20_000);
});

testPython('what it raises is thrown here, with its class, code, stack and what else it carries', async () => {
  const error = await ask('raise', 'ann').catch((thrown) => thrown);
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({ name: 'NoSuchUser', message: 'no user ann', code: 'E_NO_USER', user: 'ann' });
  expect(error.stack).toMatch(/NoSuchUser: no user ann\n {4}at answer \(.*worker\.py:\d+\)/);
  const outer = await ask('raise-cause').catch((thrown) => thrown);
  expect([outer.name, outer.message, outer.cause.name]).toEqual(['RuntimeError', 'outer', 'KeyError']);
});

testPython('what is thrown here is raised there', async () => {
  python.channel.onRequest((message) => {
    if (message === 'range') throw Object.assign(new RangeError('too far', { cause: new Error('why') }), { code: 'E_FAR', limit: 3 });
    return message * 2;
  });
  expect(await ask('ask', [1, 2, 3])).toEqual([2, 4, 6]);
  expect(await ask('ask-fails', 'range')).toEqual({
    bases: expect.arrayContaining(['RemoteError', 'ValueError']),
    name: 'RangeError',
    message: 'too far',
    code: 'E_FAR',
    cause: 'why',
    properties: { limit: 3 },
  });
});

testPython('a generator is a stream here, at the pace of who reads it', async () => {
  const items = [];
  for await (const item of ask('count', 1000)) items.push(item);
  expect(items).toEqual(Array.from({ length: 1000 }, (_, n) => n));
  await expect(
    (async () => {
      for await (const item of ask('fails', 3)) items.push(item);
    })(),
  ).rejects.toMatchObject({ name: 'ValueError', message: 'the stream broke' });
  expect(items.slice(1000)).toEqual([0, 1, 2]);
});

testPython('a stream that is left ends the generator', async () => {
  const before = (await ask('ended')).filter((one) => one === 'count').length;
  for await (const item of ask('count', 1e9)) if (item === 40) break;
  expect((await ask('ended')).filter((one) => one === 'count')).toHaveLength(before + 1);
});

testPython('a generator here is a stream there', async () => {
  let left = 0;
  python.channel.onRequest(async function* (count) {
    try {
      for (let n = 0; n < count; n++) yield { n };
      return 'done';
    } finally {
      left++;
    }
  });
  expect(await ask('ask-stream', 100)).toEqual([Array.from({ length: 100 }, (_, n) => ({ n })), 'done']);
  expect(await ask('ask-stream-a-little', 1e9)).toEqual({ n: 0 });
  expect(await ask('ask', [])).toEqual([]);
  expect(left).toBe(2);
});

testPython('giving up reaches the handler on either side', async () => {
  const reasons = async () => (await ask('ended')).filter(Array.isArray).map(([name]) => name);
  // Given up before Python came to begin it, a request reaches no handler.
  do await expect(ask('wait', 0, { timeout: 50 })).rejects.toMatchObject({ code: 'ERR_PROCS_IPC_TIMEOUT' });
  while ((await reasons()).length < 1);
  do await expect(ask('wait', 0, { signal: AbortSignal.timeout(50) })).rejects.toMatchObject({ name: 'AbortError' });
  while ((await reasons()).length < 2);
  expect(await reasons()).toEqual([expect.any(String), expect.stringMatching(/AbortError|TimeoutError/)]);
  const aborted = new Promise((resolve) => {
    python.channel.onRequest(
      (_, { signal }) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => resolve(reject(signal.reason)))),
    );
  });
  expect(await ask('ask-late', 'slow')).toBe('ERR_PROCS_IPC_TIMEOUT');
  await aborted;
});

testPython('it gets sockets, servers and files, and gives a socket', async () => {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();

  const connecting = net.connect(port, '127.0.0.1');
  const [[connection]] = await Promise.all([once(server, 'connection'), once(connecting, 'connect')]);
  const written = text(connecting);
  expect(await ask('handle', null, { handle: connection })).toEqual(['socket', connecting.localPort]);
  expect(await written).toBe('written in Python');

  // Both accept from it: what comes to us is sent away, and tries again.
  server.on('connection', (one) => one.end());
  const accepted = (async () => {
    for (;;) {
      const greeting = await text(net.connect(port, '127.0.0.1'));
      if (greeting !== '') return greeting;
    }
  })();
  expect(await ask('handle', null, { handle: server })).toEqual(['server', port]);
  expect(await accepted).toBe('accepted in Python');
  server.close();

  const socket = dgram.createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const address = socket.address();
  expect(await ask('handle', null, { handle: socket })).toEqual(['dgram', address.port]);

  const whole = fs.readFileSync(__filename, 'utf8');
  expect(await ask('handle', null, { handle: { fd: fs.openSync(__filename) } })).toEqual(['file', whole]);
  expect(await ask('handle', null, { handle: await fs.promises.open(__filename) })).toEqual(['file', whole]);

  const given = once(python.channel, 'message');
  await ask('give-socket');
  const [message, handle] = await given;
  expect([message, handle]).toEqual(['a socket', expect.any(net.Socket)]);
  expect(await text(handle)).toBe('from a pair made in Python');
});

testPython('a stream of descriptors leaves none behind', async () => {
  const before = await ask('descriptors');
  for (let n = 0; n < 50; n++) {
    expect(await ask('handle', null, { handle: { fd: fs.openSync('/dev/null') } })).toEqual(['file', '']);
  }
  expect(await ask('descriptors')).toBe(before);
});
