'use strict';
// How a child finds the broker that it is given.

const errors = require('../../errors');
const { ADDRESS, NAME } = require('./inherited');
const { addressOf } = require('./options');
const { validateName } = require('./topic');

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

module.exports = { brokerVariables };
