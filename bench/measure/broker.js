'use strict';
// Messages from one child to many others: through this process's JavaScript, or through a broker. From the word to begin to the last
// subscriber's that it has seen the last message.

const path = require('node:path');
const { once } = require('node:events');
const { performance } = require('node:perf_hooks');
const { measured } = require('../lib/measured');

const CHILD = path.join(__dirname, '..', 'peers', 'broker-child.js');

/** Starts all children, and resolves when they are ready. */
async function start(fork, role, { subscribers, payload }, options) {
  const begin = (name) => fork(CHILD, [name, String(payload), role], options);
  const children = Array.from({ length: subscribers }, () => begin('subscriber'));
  const publisher = begin('publisher');
  await Promise.all([...children, publisher].map((child) => once(child, 'message')));
  return { children, publisher };
}

/** @returns {Promise<{ delivered: number, busy: number }>} per second; per cent of the time */
async function series({ children, publisher }, count, send) {
  await Promise.all(children.map((child) => answer(child, 'ready', { expect: count })));
  const seen = Promise.all(children.map((child) => answer(child, 'done')));
  const before = performance.eventLoopUtilization();
  const begin = performance.now();
  publisher.send({ publish: count });
  await send?.(count);
  await seen;
  const seconds = (performance.now() - begin) / 1000;
  const { utilization } = performance.eventLoopUtilization(before);
  return { delivered: (children.length * count) / seconds, busy: utilization * 100 };
}

/** Resolves when the child says `word`. */
function answer(child, word, question) {
  return new Promise((resolve) => {
    child.on('message', function listener(message) {
      if (message !== word) return;
      child.off('message', listener);
      resolve();
    });
    if (question !== undefined) child.send(question);
  });
}

async function stop({ children, publisher }) {
  const all = [...children, publisher];
  const ended = all.map((child) => once(child, 'exit'));
  for (const child of all) child.kill('SIGKILL');
  await Promise.all(ended);
}

/** The parent loops over its children. */
async function throughTheParent({ fork }, parameters) {
  const processes = await start(fork, 'stock', parameters, {});
  processes.publisher.on('message', (message) => {
    for (const child of processes.children) child.send(message);
  });
  await series(processes, parameters.warmup);
  const result = await series(processes, parameters.count);
  await stop(processes);
  return result;
}

async function throughTheBroker({ fork }, parameters) {
  const { createBroker } = require('../../js/ipc');
  // Nothing may be dropped, as stock drops nothing: it keeps what its children have not taken.
  const broker = createBroker({ maxQueued: parameters.count, maxQueuedBytes: 2 ** 30 });
  const processes = await start(fork, 'broker', parameters, { broker });
  await series(processes, parameters.warmup);
  const result = await series(processes, parameters.count);
  const { dropped } = broker.stats();
  if (dropped > 0) throw new Error(`${dropped} messages were dropped`);
  await stop(processes);
  await broker.close();
  return result;
}

measured((subject, parameters) => (parameters.module === 'child_process' ? throughTheParent : throughTheBroker)(subject, parameters));
