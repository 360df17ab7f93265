'use strict';

const { Writable } = require('node:stream');
const { WritableStream } = require('node:stream/web');
const { run } = require('..');
const { inTime } = require('./lib/in-time.js');

const ENDS = { timeout: 100, forceKillAfterDelay: 50 };

const stuckNode = () => new Writable({ write() {} });
const stuckWeb = () => new WritableStream({ write: () => new Promise(() => {}) });

describe('a destination that never takes what it is given does not keep a run from being over that was ended', () => {
  test.each([
    ['while the child is writing', () => run('yes', [], { ...ENDS, stdout: [stuckNode()] })],
    ['a web stream', () => run('yes', [], { ...ENDS, stdout: [stuckWeb()] })],
    ['after the exit', () => run('echo', ['x'], { ...ENDS, stdout: [stuckNode()] })],
    ['after the exit, with nobody left to get a signal', () => run('echo', ['x'], { ...ENDS, stdout: [stuckNode()], killMode: 'process' })],
  ])('%s', async (_, start) => {
    await expect(start()).rejects.toMatchObject({ exitReason: 'timeout', timedOut: true });
  });

  test('the stream is destroyed: what it has not taken is lost', async () => {
    const stream = stuckNode();
    await run('yes', [], { ...ENDS, stdout: [stream], reject: false });
    expect(stream.destroyed).toBe(true);
  });
});

test('output that a stranger holds open does not outlast a timeout where the tree is not ended', async () => {
  const { exitReason, stdoutHeldOpen, stdout } = await inTime(
    (timeout) => run('sh', ['-c', 'sleep 20 & echo $!'], { ...ENDS, timeout, killMode: 'process', waitFor: 'close', reject: false }),
    (result) => result.stdout !== '',
  );
  process.kill(Number(stdout));
  expect({ exitReason, stdoutHeldOpen }).toEqual({ exitReason: 'timeout', stdoutHeldOpen: true });
});
