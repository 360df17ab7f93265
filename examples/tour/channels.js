'use strict';
// Channels: the same questions over Node's own channel and over ours, and what only ours has.

const path = require('node:path');
const nodes = require('node:child_process');
const { fork, run } = require('@x/procs');
const { SharedMemory, createBroker } = require('@x/procs/ipc');
const { root } = require('./source-files.js');

const worker = path.join(__dirname, 'channel-worker.js');
const MB = 1024 * 1024;
const UNDER_WAY = 64;

/** How many a second, with so many under way. */
async function rate(ask, count, underWay) {
  const began = performance.now();
  let left = count;
  const one = async () => {
    while (left-- > 0) await ask();
  };
  await Promise.all(Array.from({ length: underWay }, one));
  return (count / (performance.now() - began)) * 1000;
}

/** Questions to a plain Node child. */
function stock() {
  const child = nodes.fork(worker, [], { serialization: 'advanced' });
  const open = new Map();
  let next = 0;
  child.on('message', ({ id, answer }) => {
    open.get(id)(answer);
    open.delete(id);
  });
  const request = (message) =>
    new Promise((resolve) => {
      open.set(next, resolve);
      child.send({ id: next++, message });
    });
  return { request, close: () => child.disconnect() };
}

const round = (number) => Math.round(number).toLocaleString('en');

async function beside(message, { messages }, { alloc = false, share = 1 } = {}) {
  const theirs = stock();
  const { channel } = fork(worker, { serialization: 'structured' });
  const count = Math.ceil(messages / share);
  const make = alloc ? () => ({ bytes: new Uint8Array(channel.alloc(alloc)) }) : () => message;
  const results = [];
  for (const [request, underWay] of [
    [theirs.request, share > 1 ? 1 : UNDER_WAY],
    [(value) => channel.request(value), share > 1 ? 1 : UNDER_WAY],
  ]) {
    const given = request === theirs.request ? () => message : make;
    await request(given());
    results.push(await rate(() => request(given()), count, underWay));
  }
  theirs.close();
  await channel.close();
  const [before, after] = results;
  return `${round(before)} a second over Node's channel, ${round(after)} over this one`;
}

const channels = [
  ['small questions, 64 under way', (input) => beside({ user: 7, name: 'Ann', tags: ['a', 'b'] }, input)],
  ['1 MB each', (input) => beside({ bytes: new Uint8Array(MB) }, input, { share: 250 })],
  ['1 MB each, made with alloc()', (input) => beside({ bytes: new Uint8Array(MB) }, input, { share: 250, alloc: MB })],
  [
    'an error',
    async () => {
      const { channel } = fork(worker, { serialization: 'structured' });
      const error = await channel.request({ fail: 'too far' }).catch((thrown) => thrown);
      await channel.close();
      return `${error.constructor.name} ${error.code}, thrown ${/channel-worker\.js:\d+/.exec(error.stack)[0]}`;
    },
  ],
  [
    'a stream, left after 100 rows of a million',
    async () => {
      const { channel } = fork(worker, { serialization: 'structured' });
      let sum = 0;
      for await (const { n } of channel.request({ rows: 1e6 })) {
        sum += n;
        if (n === 99) break;
      }
      await channel.close();
      return `they add up to ${sum}`;
    },
  ],
  [
    'topics: 500 messages for 8 subscribers each',
    async () => {
      const broker = createBroker();
      const child = fork(worker, { serialization: 'structured', broker: { address: broker.address, name: 'worker' } });
      const [publisher, ...subscribers] = await Promise.all(Array.from({ length: 9 }, (_, n) => broker.connect({ name: `tour${n}` })));
      let left = 500 * subscribers.length;
      const all = new Promise((resolve) => {
        for (const subscriber of subscribers) subscriber.subscribe('tour.#', () => --left === 0 && resolve());
      });
      // When this is answered, all of them are subscribed.
      await Promise.all(subscribers.map((subscriber) => subscriber.subscribe('nothing', () => {}).ready));
      for (let n = 0; n < 500; n++) publisher.publish('tour.numbers', n);
      await all;
      await child.channel.request('so that it is there');
      const answer = await publisher.request('worker', 'Hello');
      child.channel.close();
      await Promise.all([publisher, ...subscribers].map((client) => client.close()));
      await broker.close();
      return `all there, and the worker says: ${answer}`;
    },
  ],
  [
    'memory that both see',
    async () => {
      const memory = SharedMemory.create(4096);
      const { channel } = fork(worker, { serialization: 'structured' });
      const same = await channel.request(memory);
      new Int32Array(same.buffer)[0] = 42;
      await channel.close();
      return `written in what came back, read in what was sent: ${new Int32Array(memory.buffer)[0]}`;
    },
  ],
  [
    'a worker in Python',
    async () => {
      const python = run('python3', [path.join(root, 'examples', 'ipc', 'describe.py')], {
        serialization: 'structured',
        env: { PYTHONPATH: path.join(root, 'clients', 'python'), PYTHONDONTWRITEBYTECODE: '1' },
        reject: false,
      });
      const answer = python.channel.request({ describe: new Float64Array(100_000).fill(2.5) }).finally(() => python.channel.close());
      const [{ originalMessage }, described] = await Promise.all([python, answer.catch(() => null)]);
      return described === null ? `not here: ${originalMessage}` : `${described.count} numbers, their mean is ${described.mean}`;
    },
  ],
];

module.exports = { channels };
