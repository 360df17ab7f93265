'use strict';
// The broker that the parent gave this process, if it did.

/** What a child finds it by: where it is, and what it is to be called there. */
const ADDRESS = 'PROCS_BROKER';
const NAME = 'PROCS_BROKER_NAME';

/** One for all copies of this file that an application may have loaded. */
const SHARED = Symbol.for('@x/procs.broker');

/** @returns {import('./client').BrokerClient | null} */
function inherited() {
  if (process[SHARED] !== undefined) return process[SHARED];
  const address = process.env[ADDRESS];
  const name = process.env[NAME];
  // The broker is for those that this process starts as well; the name is this one's.
  delete process.env[NAME];
  const client = address ? require('./client').openClient(address, name ? { name } : undefined) : null;
  Object.defineProperty(process, SHARED, { __proto__: null, value: client });
  return client;
}

module.exports = { ADDRESS, NAME, inherited };
