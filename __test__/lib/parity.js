'use strict';
// Every scenario of a fixture becomes a test: it is played with Node's own child_process and with ours, each in a process of its
// own, and both have to show the same. With ours, nothing may be left behind and the next call has to work.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { spawn } = require('node:child_process');

const RUNNER = path.join(__dirname, 'scenario-runner.js');
const TIMEOUT = 120_000;
const NEXT_CALL = [0, 'sync\n', 'async', 0, null];

/**
 * @param {string} fixture file in fixtures/, without .js. It exports `scenarios`, played with both, and may export `invariants`, which
 *   are ours alone and assert for themselves, `prepare`, called before the first of either, and `needsRoot`.
 * @param {{ limits?: string, ours?: 'ours' | 'fast' | 'fast-socket' }} options limits: shell commands before Node is started, `ulimit -n 64`.
 *   ours: 'fast' for ours with `transport: 'fast'`, 'fast-socket' for that without a ring in shared memory.
 */
function parity(fixture, { limits, ours = 'ours' } = {}) {
  const { scenarios = {}, invariants = {}, needsRoot = false } = require(`../fixtures/${fixture}.js`);
  if (needsRoot && process.getuid() !== 0) {
    test.skip.each([...Object.keys(scenarios), ...Object.keys(invariants)])('%s (as root only)', () => {});
    return;
  }
  let played;
  beforeAll(async () => {
    played = await Promise.allSettled([play(fixture, 'stock', limits), play(fixture, ours, limits)]);
  }, TIMEOUT);

  /** What a scenario showed; throws if it failed, or if something was left behind. */
  function result(name, which) {
    const { value, reason } = played[which === 'stock' ? 0 : 1];
    if (reason) throw tellOnce(reason);
    const { trace, failed, left, next } = value[name];
    if (failed) throw new Error(`with ${which}: ${failed}`);
    // Node's own leaves some behind: sockets, where it throws after it has made them.
    if (which !== 'stock') expect({ left, next }).toStrictEqual({ left: [], next: NEXT_CALL });
    return trace;
  }

  for (const name of Object.keys(scenarios)) {
    test(name, () => {
      const expected = result(name, 'stock');
      expect(result(name, ours)).toStrictEqual(expected);
    });
  }
  for (const name of Object.keys(invariants)) test(name, () => void result(name, ours));
}

const told = new WeakSet();

/** The whole message for the first test of a file, and a short one for the others. */
function tellOnce(error) {
  if (told.has(error)) return new Error('not played, see above');
  told.add(error);
  return error;
}

async function play(fixture, which, limits) {
  // Made and removed here: a runner may have become somebody who may not.
  const tmp = fs.mkdtempSync(path.join(os.tmpdir(), 'procs-'));
  try {
    return await report([process.execPath, RUNNER, fixture, which, tmp], limits);
  } finally {
    fs.rmSync(tmp, { recursive: true, force: true });
  }
}

function report(command, limits) {
  const [file, ...args] = limits ? ['/bin/sh', '-c', `${limits}; exec "$@"`, 'sh', ...command] : command;
  // Jest's own settings of Node are not the scenarios'.
  const { NODE_OPTIONS, ...env } = process.env;
  const runner = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'pipe', 'pipe'], timeout: TIMEOUT - 5000, killSignal: 'SIGKILL' });
  const texts = ['', '', '', ''];
  for (const fd of [1, 2, 3]) {
    runner.stdio[fd].setEncoding('utf8').on('data', (chunk) => {
      texts[fd] += chunk;
    });
  }
  return new Promise((resolve, reject) => {
    runner.on('error', reject);
    runner.on('close', (code, signal) => {
      if (code === 0 && texts[3] !== '') resolve(JSON.parse(texts[3]));
      else reject(new Error(`${command.slice(2, 4).join(' ')} ended with ${signal ?? code}\n${texts[1]}${texts[2]}`));
    });
  });
}

module.exports = { parity };
