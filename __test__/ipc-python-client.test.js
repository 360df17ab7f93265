'use strict';
// A Python program that finds its peer by an address: listen() and a broker at the other end.

const { once } = require('node:events');
const { run } = require('@x/procs');
const { createBroker, listen } = require('@x/procs/ipc');
const { environment, program, testPython } = require('./lib/python.js');

const addresses = {
  path: () => `/tmp/procs-python-${process.pid}-${Math.random().toString(36).slice(2)}.sock`,
  name: () => `procs-python-${process.pid}-${Math.random()}`,
};

function start(what, address, options = {}) {
  return run('python3', [program('client'), what, address], {
    stdio: ['ignore', 'pipe', 'inherit'],
    ...options,
    env: { ...environment, ...options.env },
  });
}

testPython.each(['path', 'name'])('listen() at a %s', async (kind) => {
  const where = addresses[kind]();
  const seen = [];
  const listener = listen({ [kind]: where }, (channel) => {
    channel.onRequest((message) => {
      if (message.add) return message.add[0] + message.add[1];
      if (message.count) {
        return (async function* () {
          for (let n = 0; n < message.count; n++) yield n;
        })();
      }
      if (message.fail) throw Object.assign(new TypeError('not that'), { code: 'E_THAT' });
      channel.send('first');
      channel.send('last');
      return message;
    });
    channel.on('message', (message) => seen.push(message));
  });
  const { stdout } = await start('listener', kind === 'name' ? `@${where}` : where);
  expect(JSON.parse(stdout)).toEqual({
    answer: 5,
    stream: Array.from({ length: 100 }, (_, n) => n),
    bytes: 200_000,
    failure: ['TypeError', 'not that', 'E_THAT'],
    messages: expect.anything(),
  });
  expect(seen).toEqual([{ hello: 'from Python' }]);
  listener.close();
});

testPython('what Python awaits is answered with an error when we are killed', async () => {
  const path = addresses.path();
  const server = run(
    process.execPath,
    [
      '-e',
      `require('@x/procs/ipc').listen(${JSON.stringify(path)}, (channel) => {
    channel.onRequest(() => new Promise(() => {}));
    channel.once('message', () => console.log('up'));
  })
  console.log('listening')`,
    ],
    { cwd: __dirname, reject: false, stdio: ['ignore', 'pipe', 'inherit'], lines: true },
  );
  const lines = server[Symbol.asyncIterator]();
  expect((await lines.next()).value).toBe('listening');
  const client = start('killed', path);
  expect((await lines.next()).value).toBe('up');
  server.kill('SIGKILL');
  const { stdout } = await client;
  expect(JSON.parse(stdout)).toEqual(['ERR_PROCS_IPC_CLOSED']);
  await server;
});

testPython('what we await is answered with an error when Python is killed', async () => {
  const path = addresses.path();
  const listener = listen(path);
  const client = start('waits', path, { reject: false });
  const [channel] = await once(listener, 'channel');
  const asked = once(channel, 'request-from-python');
  channel.onRequest(() => {
    channel.emit('request-from-python');
    return new Promise(() => {});
  });
  const answers = Array.from({ length: 1000 }, (_, n) => channel.request(n).catch((error) => error.code));
  const closed = once(channel, 'close');
  await asked;
  client.kill('SIGKILL');
  expect(new Set(await Promise.all(answers))).toEqual(new Set(['ERR_PROCS_IPC_CLOSED']));
  await closed;
  expect((await client).signal).toBe('SIGKILL');
  listener.close();
});

testPython('a broker: topics, last values, names and requests, from Python and to Python', async () => {
  const broker = createBroker({ path: addresses.path() });
  const node = await broker.connect({ name: 'node' });
  node.onRequest((message, { from }) => ({ message, from }));
  const ready = new Promise((resolve) => node.subscribe('python.ready', (message, topic) => resolve([topic, message])));
  await node.publish('settings.colour', 'red', { retain: true, ack: true });
  const python = start('subscriber', broker.address);
  expect(await ready).toEqual(['python.ready', { pid: 1 }]);
  expect(await node.request('python', 21)).toEqual(['node', 42]);
  await node.publish('jobs.7.done', { took: 3 }, { ack: true });
  await node.publish('jobs.7.failed', 'nobody wants this', { ack: true });
  await node.publish('settings', 'whole', { ack: true });
  await node.sendTo('python', { just: 'you' });
  await node.broadcast('stop');
  const { stdout } = await python;
  expect(JSON.parse(stdout)).toEqual({
    name: 'python',
    heard: [['jobs.7.done', { took: 3 }]],
    iterated: [
      ['settings.colour', 'red', true, null],
      ['settings', 'whole', false, null],
      [null, { just: 'you' }, false, 'node'],
      [null, 'stop', false, 'node'],
    ],
    asked: { message: { from: 'Python' }, from: 'python' },
    unreachable: 'ERR_PROCS_BROKER_UNREACHABLE',
    reached: 1,
  });
  await node.close();
  await broker.close();
});

testPython('a child in Python finds the broker that its parent gave it', async () => {
  const broker = createBroker();
  const node = await broker.connect();
  const heard = new Promise((resolve) => node.subscribe('from.child', resolve));
  const { stdout } = await start('inherited', '', { broker: { address: broker.address, name: 'child' } });
  expect(JSON.parse(stdout)).toBe('child');
  const [name, bytes] = await heard;
  expect([name, Array.from(bytes)]).toEqual(['child', [0, 0, 0]]);
  await node.close();
  await broker.close();
});
