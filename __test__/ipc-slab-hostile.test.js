'use strict';
// What a peer can do with shared memory: be hung up on, and nothing else.

const fs = require('node:fs');
const path = require('node:path');
const { once } = require('node:events');
const { spawn } = require('../js/child_process');
const { cleanEnv, fixtures } = require('./lib/run-node.js');

const PROGRAM = path.join(fixtures, 'ipc-slab/hostile.js');
const onLinux = process.platform === 'linux' ? describe : describe.skip;

/** The names of the cases, as they stand there. */
function namesIn(table) {
  const source = fs.readFileSync(PROGRAM, 'utf8');
  const body = source.slice(source.indexOf(`const ${table} = {`), source.indexOf('\n};', source.indexOf(`const ${table} = {`)));
  return [...body.matchAll(/^ {2}'([^']+)':/gm)].map(([, name]) => name);
}

function start(name) {
  const child = spawn(process.execPath, [PROGRAM, name], {
    serialization: 'structured',
    env: cleanEnv(),
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const printed = [];
  child.stdout.on('data', (chunk) => printed.push(chunk));
  return { child, channel: child.channel, told: once(child, 'close').then(() => Buffer.concat(printed).toString()) };
}

/** Of peers' memory, by their inodes. Test files that ran in this process before may have left some that is not collected yet. */
function mappings() {
  const lines = fs.readFileSync('/proc/self/maps', 'latin1').split('\n');
  return lines.filter((line) => /procs-memory|procs-test-hostile/.test(line)).map((line) => line.split(/\s+/)[4]);
}

onLinux('a peer is hung up on for', () => {
  test.each(namesIn('cases'))('%s', async (name) => {
    const before = new Set(mappings());
    const { channel, told } = start(name);
    // What came before it is looked at: it is there as long as it is held.
    const messages = [];
    channel.on('message', (message) => messages.push(Buffer.from(message)));
    const [error] = await once(channel, 'close');
    expect(error).toMatchObject({ code: expect.stringMatching(/^ERR_PROCS_IPC_(PROTOCOL|GARBAGE)$/) });
    expect(await told).toContain(error.code);
    // It lived to say so, whatever became of the memory.
    for (const message of messages) expect(message.every((byte) => byte === 0)).toBe(true);
    while (mappings().filter((inode) => !before.has(inode)).length > messages.length) await new Promise(setImmediate);
  });

  test.each(namesIn('answers'))('%s', async (name) => {
    const { channel, told } = start(name);
    channel.on('message', (message) => {
      if (message === 'send') channel.send(Buffer.alloc(100_000)).catch(() => {});
    });
    const [error] = await once(channel, 'close');
    expect(error).toMatchObject({ code: 'ERR_PROCS_IPC_PROTOCOL' });
    expect(await told).toContain(error.code);
  });
});
