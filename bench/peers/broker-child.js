'use strict';
// A child of measure/broker.js: argv is what it does, bytes of a message beside its fields, and how it is connected.

const [, , name, payload, role] = process.argv;

/** About 45 bytes of JSON, and the payload. */
const message = { id: 12345, type: 'task', value: `some text${'x'.repeat(Number(payload))}` };
const BURST = 500;
const TOPIC = 'jobs.1.done';

/** Calls back with every message that was published. */
async function subscribe(listener) {
  if (role === 'stock') process.on('message', (received) => received.expect === undefined && listener());
  else await require('../../js/ipc').broker.subscribe('jobs.*.done', listener).ready;
}

/** Resolves when the last message of a burst is with the kernel. */
function publishBurst(size) {
  if (role === 'stock') {
    for (let i = 1; i < size; i++) process.send(message);
    return new Promise((resolve) => process.send(message, resolve));
  }
  const { broker } = require('../../js/ipc');
  for (let i = 1; i < size; i++) broker.publish(TOPIC, message);
  return broker.publish(TOPIC, message);
}

async function publish(count) {
  for (let sent = 0; sent < count; sent += BURST) await publishBurst(Math.min(BURST, count - sent));
}

async function main() {
  let seen = 0;
  let expected = 0;
  process.on('message', (received) => {
    if (received.publish !== undefined) publish(received.publish);
    if (received.expect === undefined) return;
    seen = 0;
    expected = received.expect;
    process.send('ready');
  });
  if (name === 'subscriber') await subscribe(() => ++seen === expected && process.send('done'));
  process.send('ready');
}

main();
