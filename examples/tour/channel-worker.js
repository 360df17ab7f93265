'use strict';
// The worker of channels.js: over our channel, and over Node's with serialization 'advanced'.

const { broker, parent } = require('@x/procs/ipc');

if (parent === null) {
  process.on('message', ({ id, message }) => process.send({ id, answer: answer(message) }));
} else {
  parent.onRequest((message) => (message.rows ? rows(message.rows) : answer(message)));
  if (broker) broker.onRequest((message, { from }) => `${message}, ${from}!`);
}

function answer(message) {
  if (message.bytes) return message.bytes.length;
  if (message.fail) throw Object.assign(new RangeError(message.fail), { code: 'E_EXAMPLE' });
  return message;
}

async function* rows(count) {
  for (let n = 0; n < count; n++) yield { n };
}
