'use strict';
// What an end of our protocol makes of what comes: frames in whatever parts, and peers that are careless or mean no good.

const fs = require('node:fs');
const path = require('node:path');
const { spawn } = require('../js/child_process');
const { descriptors } = require('./lib/descriptors.js');

const PEER = path.join(__dirname, 'fixtures/ipc-peers/raw-wire.js');
const HELLO = 'H:{"protocol":"procs","version":1,"pid":1}\n';

/** What its frames, and its end, come to here. */
function listenTo(how, then, ...texts) {
  const child = spawn(process.execPath, [PEER, how, then, ...texts], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    serialization: 'structured',
  });
  const messages = [];
  child.on('message', (message) => {
    messages.push(message);
    child.emit('told', messages.length);
  });
  const printed = [];
  child.stdout.setEncoding('utf8').on('data', (text) => printed.push(text));
  const closed = new Promise((resolve) => child.channel.once('close', (error) => resolve(error)));
  const ended = new Promise((resolve) => child.once('close', resolve));
  const told = (count) =>
    new Promise((resolve) => {
      const look = (sofar) => {
        if (sofar < count) return;
        child.off('told', look);
        resolve(messages);
      };
      child.on('told', look);
      look(messages.length);
    });
  return { child, messages, closed, told, ended: ended.then(() => printed.join('')) };
}

test('a session that comes byte by byte, with empty lines, bytes and strings beside its JSON', async () => {
  const session = `${HELLO}1\n\n\n{"a":"ü"}\nM~+3b+2l:[{"$":["Uint8Array",0]},{"$":["text",1]}]\nabcxyM:[]\nnull\n`;
  const { messages, closed } = listenTo('bytes', 'exit', session);
  await closed;
  expect(messages).toEqual([1, { a: 'ü' }, [new Uint8Array([97, 98, 99]), 'xy'], [], null]);
});

test.each(['bytes', 'whole'])('a text alone beside its JSON: short, empty, long, there twice, not there (%s)', async (how) => {
  const [one, two] = [{ $: ['text', 0] }, { $: ['BigInt', { $: ['text', 0] }] }].map((tag) => JSON.stringify(tag));
  const long = 'long '.repeat(how === 'whole' ? 20_000 : 1);
  const frames = [
    `M~+6l:${one}\nh\u00e9llo`,
    `M~+0l:${one}\n`,
    `M~+${long.length}l:${one}\n${long}`,
    `M~+2l:[${one},${one}]\nab`,
    'M~+2l:[]\nab',
    `M~+4l:${two}\n0xff`,
  ];
  const { messages, closed } = listenTo(how, 'exit', HELLO, ...frames);
  await closed;
  expect(messages).toEqual([Buffer.from('h\u00e9llo').latin1Slice(), '', long, ['ab', 'ab'], [], 255n]);
});

test.each([
  ['its line', `${HELLO}1\n{"a`],
  ['the bytes behind it', `${HELLO}1\nM~+10b:{"$":["ArrayBuffer",0]}\nabc`],
  ['many bytes behind it', `${HELLO}1\nM~+1000000b:{"$":["ArrayBuffer",0]}\nabc`],
])('a peer that is gone in the middle of %s: an error that says so, after what came before', async (_part, session) => {
  const { messages, closed } = listenTo('whole', 'exit', session);
  const error = await closed;
  expect(messages).toEqual([1]);
  expect(error).toMatchObject({ code: 'ERR_PROCS_IPC_CLOSED', message: expect.stringContaining('in the middle of a frame') });
});

test('a peer that is gone between two frames is gone, and that is all', async () => {
  const { messages, closed } = listenTo('whole', 'exit', `${HELLO}1\n`);
  const error = await closed;
  expect(messages).toEqual([1]);
  expect(error?.message ?? '').not.toMatch('middle');
});

test.each([
  ['VERSION', 'GET / HTTP/1.1\r\n\r\n'],
  ['VERSION', 'H:{"protocol":"procs","version":2}\n'],
  ['GARBAGE', `${HELLO}1\n%!\n2\n`],
  ['GARBAGE', `${HELLO}1\n${'['.repeat(100_000)}\n`],
  ['TOO_LARGE', `${HELLO}1\nM+2000000000b:1\n`],
  ['GARBAGE', `${HELLO}1\nM~+2l:{"$":["Uint8Array",0]}\nab`],
  ['GARBAGE', `${HELLO}1\nM~+2l:{"$":["text",1]}\nab`],
  ['PROTOCOL', `${HELLO}1\nX:\n2\n`],
])('who sends what nobody takes is told %s', async (name, session) => {
  const { messages, closed, ended } = listenTo('whole', 'listen', session);
  expect(await closed).toMatchObject({ code: `ERR_PROCS_IPC_${name}` });
  expect(messages).toEqual(session.startsWith(HELLO) ? [1] : []);
  const goodbye = (await ended).split('\n').find((line) => line.startsWith('X'));
  expect(JSON.parse(goodbye.slice(2))).toMatchObject({ code: `ERR_PROCS_IPC_${name}` });
});

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('what is only announced takes no memory', async () => {
  const before = rss();
  const peers = Array.from({ length: 4 }, () => listenTo('whole', 'stay', `${HELLO}1\nM~+250000000b:{"$":["ArrayBuffer",0]}\nabc`));
  await Promise.all(peers.map(({ told }) => told(1)));
  expect(rss() - before).toBeLessThan(200e6);
  await Promise.all(
    peers.map(({ child, ended }) => {
      child.kill('SIGKILL');
      return ended;
    }),
  );
});

onLinux('descriptors that no frame has announced are closed', async () => {
  const before = descriptors().filter((line) => line.endsWith('/dev/null')).length;
  const texts = Array.from({ length: 20 }, (_, n) => `${n}\n`);
  const { child, told, ended } = listenTo('with-descriptors', 'stay', ...texts);
  expect(await told(20)).toHaveLength(20);
  expect(descriptors().filter((line) => line.endsWith('/dev/null')).length).toBeLessThanOrEqual(before + 1);
  child.kill('SIGKILL');
  await ended;
});

/** Bytes of this process that are in memory. */
function rss() {
  return Number(/^VmRSS:\s*(\d+) kB/m.exec(fs.readFileSync('/proc/self/status', 'latin1'))[1]) * 1024;
}
