'use strict';
// How a child finds the broker that its parent gave it.

const errors = require('../../errors');
const { addressOf } = require('./options');
const { validateName } = require('./topic');

const ADDRESS = 'PROCS_BROKER';
const NAME = 'PROCS_BROKER_NAME';

/** One for all copies of this file that an application may have loaded. */
const SHARED = Symbol.for('@x/procs.broker');

/**
 * @param {unknown} given the option `broker` of fork() and run(): a Broker, a client of one, an address, or { address, name }
 * @returns {Record<string, string | undefined>} variables for the child
 * @throws where it is none of these
 */
function brokerVariables(given) {
  if (typeof given !== 'string' && (given === null || typeof given !== 'object')) {
    throw new errors.codes.ERR_INVALID_ARG_TYPE('options.broker', ['Broker', 'string', 'Object'], given);
  }
  // Names of clients are not for others, and one that this process was given is not for its children.
  const isOurs = typeof given.connect === 'function' || typeof given.publish === 'function';
  const name = isOurs || typeof given === 'string' || given.address === undefined ? undefined : given.name;
  if (name !== undefined) validateName(name, 'options.broker.name');
  return { [ADDRESS]: addressOf(isOurs ? given.address : given, 'options.broker'), [NAME]: name };
}

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

module.exports = { brokerVariables, inherited };
