'use strict';
// Clients that are nothing but a socket, as in any other language; and those that say what nobody understands.

const { closeAll, connectRaw, counted, startBroker } = require('./lib/broker.js');

afterEach(closeAll);

test('a whole session', async () => {
  const broker = startBroker();
  const raw = connectRaw(broker, null);
  raw.send('H:{"protocol":"procs","version":1,"pid":1,"software":"example/1","name":"py"}\nB1=jobs.*.done:\n');
  await raw.line(/^K1/);
  const [hello, welcome, subscribed] = raw.lines;
  expect(JSON.parse(hello.slice(2))).toMatchObject({ protocol: 'procs', version: 1, pid: process.pid, capabilities: ['broker'] });
  expect([welcome, subscribed]).toEqual(['K:{"name":"py"}', 'K1:']);
  const client = await broker.connect({ name: 'js' });
  await client.publish('jobs.7.done', { ok: true });
  expect(await raw.line(/^V/)).toBe('V=jobs.7.done:{"ok":true}');
  const direct = new Promise((resolve) => client.once('message', (...args) => resolve(args)));
  raw.send('G2=js:{"from":"python"}\n\n\nP3=nobody.hears:1\n');
  expect(await direct).toEqual([{ from: 'python' }, 'py']);
  expect(await raw.line(/^K3/)).toBe('K3:{"receivers":0}');
  expect(raw.of('K2')).toEqual(['K2:{"receivers":1}']);
  raw.send('U1:\nX:\n');
  await raw.closed;
  expect(raw.lines.at(-1)).toBe('K1:');
  await client.publish('jobs.8.done', 1, { ack: true });
  expect(broker.stats()).toMatchObject({ clients: 1, subscriptions: 0, cutOff: 0 });
});

test('byte by byte', async () => {
  const broker = startBroker();
  const raw = connectRaw(broker, null);
  const session = 'H:{"protocol":"procs","version":1}\nB1=a:\nP~=a+3b+1l:["\u00e4"]\nx\nyz';
  raw.socket.setNoDelay?.(true);
  for (const byte of Buffer.from(session)) {
    raw.send(Uint8Array.of(byte));
    await new Promise(setImmediate);
  }
  await raw.line(/^yz$|^x$/);
  raw.send('P=a:0\n');
  await raw.line(/V=a:0/);
  expect(raw.lines.slice(3).join('\n')).toBe(`V~=a+3b+1l:["${Buffer.from('ä').toString('latin1')}"]\nx\nyzV=a:0`);
});

const H = 'H:{"protocol":"procs","version":1}\n';

const REFUSED = [
  ['no hello', 'P=a:1\n', 'ERR_PROCS_IPC_VERSION'],
  ['another protocol', 'H:{"protocol":"http","version":1}\n', 'ERR_PROCS_IPC_VERSION'],
  ['another version', 'H:{"protocol":"procs","version":2}\n', 'ERR_PROCS_IPC_VERSION'],
  ['a hello that is no object', 'H:[]\n', 'ERR_PROCS_IPC_GARBAGE'],
  ['HTTP', 'GET / HTTP/1.1\r\n\r\n', 'ERR_PROCS_IPC_GARBAGE'],
  ['two hellos', `${H}${H}`, 'ERR_PROCS_IPC_PROTOCOL'],
  ['a plain message', `${H}{"a":1}\n`, 'ERR_PROCS_IPC_PROTOCOL'],
  ['no JSON', `${H}P=a:{"a":}\n`, 'ERR_PROCS_IPC_GARBAGE'],
  ['two JSONs', `${H}P=a:1 2\n`, 'ERR_PROCS_IPC_GARBAGE'],
  ['deep JSON', `${H}P=a:${'['.repeat(100_000)}${']'.repeat(100_000)}\n`, 'ERR_PROCS_IPC_GARBAGE'],
  ['no topic', `${H}P:1\n`, 'ERR_PROCS_IPC_GARBAGE'],
  ['a bad topic', `${H}P=a..b:1\n`, 'ERR_PROCS_IPC_GARBAGE'],
  ['a pattern as a topic', `${H}P=a.*:1\n`, 'ERR_PROCS_IPC_GARBAGE'],
  ['a bad pattern', `${H}B1=#.a:\n`, 'ERR_PROCS_IPC_GARBAGE'],
  ['a subscription without an id', `${H}B=a:\n`, 'ERR_PROCS_IPC_GARBAGE'],
  ['a subscription twice', `${H}B1=a:\nB1=b:\n`, 'ERR_PROCS_IPC_PROTOCOL'],
  ['no subscription', `${H}U1:\n`, 'ERR_PROCS_IPC_PROTOCOL'],
  ['a delivery', `${H}V=a:1\n`, 'ERR_PROCS_IPC_PROTOCOL'],
  ['a request to nobody', `${H}Q1:1\n`, 'ERR_PROCS_IPC_PROTOCOL'],
  ['a descriptor', `${H}P@1=a:1\n`, 'ERR_PROCS_IPC_PROTOCOL'],
  ['shared memory', `${H}P~=a+5s1.0:1\n`, 'ERR_PROCS_IPC_PROTOCOL'],
  ['a long length', `${H}P=a+2000000000b:1\n`, 'ERR_PROCS_IPC_TOO_LARGE'],
  ['a length that is none', `${H}P=a+99999999999b:1\n`, 'ERR_PROCS_IPC_GARBAGE'],
  ['a line without an end', `${H}P=a:"${'x'.repeat(310_000)}`, 'ERR_PROCS_IPC_TOO_LARGE'],
  ['not UTF-8', Buffer.concat([Buffer.from(`${H}P=a:"`), Buffer.from([0xff]), Buffer.from('"\n')]), 'ERR_PROCS_IPC_GARBAGE'],
  ['binary', Buffer.concat([Buffer.from(H), Buffer.from([0, 1, 2, 255, 10])]), 'ERR_PROCS_IPC_GARBAGE'],
];

test.each(REFUSED)('%s: cut off with a reason, and nobody else', async (_, text, code) => {
  const broker = startBroker({ maxFrame: 300_000 });
  const client = await broker.connect();
  const heard = [];
  await client.subscribe('#', (message) => heard.push(message)).ready;
  const raw = connectRaw(broker, null);
  // What comes before it counts.
  if (text.includes(H)) raw.send(`${H}P=good:1\n`).send(typeof text === 'string' ? text.slice(H.length) : text.subarray(H.length));
  else raw.send(text);
  expect(await raw.goodbye()).toMatchObject({ name: 'Error', code, message: expect.any(String) });
  await client.publish('still', 2, { ack: true });
  expect(heard).toEqual(text.includes(H) ? [1, 2] : [2]);
  expect(broker.stats()).toMatchObject({ clients: 1, cutOff: 1 });
});

test('a client that goes in the middle of a frame leaves nothing behind', async () => {
  const broker = startBroker();
  const client = await broker.connect();
  const heard = jest.fn();
  client.subscribe('#', heard);
  for (const part of ['P=a:"half', 'P~=a+100000b:1\nabc', 'P']) {
    const raw = connectRaw(broker);
    await raw.line(/^K:/);
    await new Promise((resolve) => raw.socket.end(part, resolve));
    await raw.closed;
  }
  await client.publish('end', 0, { ack: true });
  expect(heard.mock.calls).toEqual([[0, 'end', false]]);
  expect(broker.stats()).toMatchObject({ clients: 1, cutOff: 0 });
});

test('the order of each publisher is kept, with 64 clients at once', async () => {
  const broker = startBroker({ maxQueued: 1e6, maxQueuedBytes: 1e9 });
  const clients = await Promise.all(Array.from({ length: 64 }, (_, i) => broker.connect({ name: `c${i}` })));
  const publishers = clients.slice(0, 8);
  const subscribers = clients.slice(8);
  const expected = publishers.length * 50;
  const all = subscribers.map(
    (client) =>
      new Promise((resolve) => {
        const last = new Map();
        let seen = 0;
        client.subscribe('from.#', ([i], topic) => {
          expect(i).toBe((last.get(topic) ?? -1) + 1);
          last.set(topic, i);
          if (++seen === expected) resolve();
        });
      }),
  );
  await Promise.all(subscribers.map((client) => client.subscribe('nothing').ready));
  for (let i = 0; i < 50; i++) {
    for (const client of publishers) client.publish(`from.${client.name}`, [i, i % 7 === 0 ? new Uint8Array(i) : 'plain']);
    if (i % 10 === 0) await new Promise(setImmediate);
  }
  await Promise.all(all);
  const delivered = expected * subscribers.length;
  const stats = await counted(broker, (now) => now.delivered === delivered);
  expect(stats).toMatchObject({ clients: 64, published: expected, delivered, dropped: 0 });
});

test('frames of many megabytes', async () => {
  const broker = startBroker();
  const [a, b, c] = await Promise.all([broker.connect(), broker.connect(), broker.connect()]);
  const bytes = new Uint8Array(20_000_000).fill(7);
  bytes[19_999_999] = 9;
  const got = [b, c].map(
    (client) =>
      new Promise((resolve) => {
        client.subscribe('big', resolve);
      }),
  );
  await Promise.all([b, c].map((client) => client.subscribe('x').ready));
  await a.publish('big', { bytes });
  for (const message of await Promise.all(got)) expect(Buffer.compare(message.bytes, bytes)).toBe(0);
  const tooLarge = { bytes: new Uint8Array(70_000_000) };
  expect(() => a.publish('big', tooLarge)).toThrow(expect.objectContaining({ code: 'ERR_PROCS_IPC_TOO_LARGE' }));
  await a.publish('fine', 1, { ack: true });
});

test('a subscriber gets no longer frame than it takes', async () => {
  const broker = startBroker();
  const raw = connectRaw(broker, { maxFrame: 2000 });
  raw.send('B1=#:\n');
  await raw.line(/^K1/);
  const client = await broker.connect();
  client.publish('a', 'x'.repeat(3000));
  await client.publish('a', 'short', { ack: true });
  await raw.line(/short/);
  expect(raw.of('V')).toEqual(['V=a:"short"']);
  expect(raw.of('K:{"dropped"')).toEqual(['K:{"dropped":1,"total":1}']);
});
