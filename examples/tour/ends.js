'use strict';
// How children end: all of what they have started, whatever it did to get away.

const path = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');
const { run, runSync, shutdown } = require('@x/procs');

/** A shell, a program in a session of its own, and one that has forked twice and ignores SIGTERM. */
const FAMILY = 'setsid sleep 1000 >/dev/null 2>&1 & (trap "" TERM; sleep 1000 >/dev/null 2>&1 &) & echo up; wait; sleep 1000';
const family = (options) => run('sh', ['-c', FAMILY], { reject: false, forceKillAfterDelay: 100, ...options });
const up = (child) => new Promise((resolve) => child.stdout.once('data', resolve));
const said = ({ exitReason, signal, tree }) => `${exitReason}, ${signal}, ${tree.left.length} processes of its tree are left`;

const ends = [
  ['timeout', async () => said(await family({ timeout: 100 }))],
  [
    'signal',
    async () => {
      const controller = new AbortController();
      const child = family({ signal: controller.signal });
      await up(child);
      controller.abort();
      return said(await child);
    },
  ],
  [
    'gracefulCancel',
    async () => {
      const controller = new AbortController();
      const { signal } = controller;
      const child = run(path.join(__dirname, 'graceful.js'), { node: true, gracefulCancel: true, signal, reject: false });
      await up(child);
      controller.abort();
      const { stdout, exitCode } = await child;
      return `${stdout.replace('\n', ', ')}, exit code ${exitCode}`;
    },
  ],
  [
    'killTree()',
    async () => {
      const child = family();
      await up(child);
      const { mechanism, signalled, left } = await child.killTree();
      return `${signalled} found by ${mechanism} and ended, ${left.length} left`;
    },
  ],
  [
    'suspend() and resume()',
    async () => {
      const child = family();
      await up(child);
      const state = () => runSync('ps', ['-o', 'stat=', '-p', child.pid]).stdout.trim()[0];
      await child.suspend();
      const stopped = state();
      await child.resume();
      const running = state();
      await child.killTree();
      return `state ${stopped}, then ${running}`;
    },
  ],
  [
    'a grandchild that keeps stdout open',
    async () => {
      const { stdout, stdoutHeldOpen, durationMs } = await run('sh', ['-c', 'sleep 2 & echo done'], { drainTimeout: 50 });
      return `"${stdout}" after ${durationMs.toFixed()} ms, held open: ${stdoutHeldOpen}`;
    },
  ],
  [
    "waitFor: 'tree'",
    async () => {
      const { durationMs } = await run('sh', ['-c', 'sleep 0.2 >/dev/null 2>&1 &'], { waitFor: 'tree' });
      return `over after ${durationMs.toFixed()} ms, when what it left behind was`;
    },
  ],
  [
    'disposal, as `await using` does it',
    async () => {
      const child = family();
      await up(child);
      await child[Symbol.asyncDispose]();
      return said(await child);
    },
  ],
  [
    'a parent that is ended by SIGKILL',
    async () => {
      const parent = run(path.join(__dirname, 'parent.js'), {
        node: true,
        ipc: false,
        stdin: 'ignore',
        reject: false,
        killMode: 'process',
      });
      const pid = await new Promise((resolve) => parent.stdout.once('data', (line) => resolve(Number(line))));
      if (parent.lifetimeMechanism !== 'keeper') {
        await parent.killTree();
        return `not tried here: ${parent.lifetimeMechanism}`;
      }
      process.kill(parent.pid, 'SIGKILL');
      const began = performance.now();
      while (isThere(pid)) await sleep(10);
      return `its child was gone ${(performance.now() - began).toFixed()} ms later`;
    },
  ],
  [
    'shutdown()',
    async () => {
      const children = [family(), family(), family()];
      await Promise.all(children.map(up));
      await shutdown({ timeout: 200 });
      return (await Promise.all(children)).map(({ exitReason }) => exitReason).join(', ');
    },
  ],
];

/** One that has ended stays in the list, as a zombie, until somebody has asked for its exit code. */
function isThere(pid) {
  const { stdout } = runSync('ps', ['-o', 'stat=', '-p', pid], { reject: false });
  return stdout !== '' && !stdout.startsWith('Z');
}

module.exports = { ends };
