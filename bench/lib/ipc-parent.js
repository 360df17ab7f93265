'use strict';
// The parent's side of peers/ipc-child.js.

const path = require('node:path');
const { once } = require('node:events');

const CHILD = path.join(__dirname, '..', 'peers', 'ipc-child.js');

async function startChild({ fork }, serialization, role) {
  const child = fork(CHILD, [], { serialization });
  await once(child, 'spawn');
  child.send(role);
  return child;
}

async function stopChild(child) {
  // Not 'close': stock never emits it once the parent's side has disconnected.
  const ended = once(child, 'exit');
  child.disconnect();
  const [code, signal] = await ended;
  if (code !== 0) throw new Error(`the child ended with ${signal ?? code}`);
}

module.exports = { startChild, stopChild };
