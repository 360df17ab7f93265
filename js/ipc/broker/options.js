'use strict';
// Options of brokers, clients and subscriptions, checked before anything happens.

const errors = require('../../errors');
const {
  validateAbortSignal,
  validateArray,
  validateBoolean,
  validateInteger,
  validateNumber,
  validateObject,
  validateOneOf,
  validateString,
} = require('../../validate');
const { validateName } = require('./topic');

const { ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE } = errors.codes;

const OVERFLOWS = ['drop-oldest', 'drop-newest', 'disconnect'];
const MOST = 2 ** 31 - 1;
const MOST_BYTES = Number.MAX_SAFE_INTEGER;

const BROKER = Object.freeze({
  __proto__: null,
  path: undefined,
  name: undefined,
  maxQueued: 10_000,
  maxQueuedBytes: 16 * 1024 * 1024,
  overflow: 'drop-oldest',
  maxClients: 10_000,
  maxSubscriptions: 10_000,
  maxRetained: 10_000,
  maxRetainedBytes: 64 * 1024 * 1024,
  maxFrame: 64 * 1024 * 1024,
  allowUids: [],
  ref: false,
});

const BROKER_CHECKS = {
  __proto__: null,
  path: validateSocketPath,
  name: validateAbstractName,
  maxQueued: (value, name) => validateInteger(value, name, 1, MOST),
  maxQueuedBytes: (value, name) => validateInteger(value, name, 1, MOST_BYTES),
  overflow: (value, name) => validateOneOf(value, name, OVERFLOWS),
  maxClients: (value, name) => validateInteger(value, name, 1, MOST),
  maxSubscriptions: (value, name) => validateInteger(value, name, 1, MOST),
  maxRetained: (value, name) => validateInteger(value, name, 0, MOST),
  maxRetainedBytes: (value, name) => validateInteger(value, name, 0, MOST_BYTES),
  maxFrame: (value, name) => validateInteger(value, name, 1024, MOST),
  allowUids: validateUids,
  ref: validateBoolean,
};

const CLIENT = Object.freeze({
  __proto__: null,
  name: undefined,
  maxQueued: undefined,
  maxQueuedBytes: undefined,
  overflow: undefined,
  maxFrame: 256 * 1024 * 1024,
  timeout: 10_000,
});

const CLIENT_CHECKS = {
  __proto__: null,
  name: validateName,
  maxQueued: BROKER_CHECKS.maxQueued,
  maxQueuedBytes: BROKER_CHECKS.maxQueuedBytes,
  overflow: BROKER_CHECKS.overflow,
  maxFrame: BROKER_CHECKS.maxFrame,
  timeout: validateTimeout,
};

const SUBSCRIPTION = Object.freeze({ __proto__: null, last: false, maxQueued: 10_000, overflow: 'drop-oldest' });

const SUBSCRIPTION_CHECKS = {
  __proto__: null,
  last: validateBoolean,
  maxQueued: BROKER_CHECKS.maxQueued,
  overflow: BROKER_CHECKS.overflow,
};

const REQUEST = Object.freeze({ __proto__: null, timeout: 0, signal: undefined });
const REQUEST_CHECKS = { __proto__: null, timeout: validateTimeout, signal: validateAbortSignal };

const PUBLISH = Object.freeze({ __proto__: null, retain: false, ack: false });
const PUBLISH_CHECKS = { __proto__: null, retain: validateBoolean, ack: validateBoolean };
const BROADCAST = Object.freeze({ __proto__: null, ack: false });
const BROADCAST_CHECKS = { __proto__: null, ack: validateBoolean };

function checked(given, defaults, checks) {
  if (given === undefined) return defaults;
  validateObject(given, 'options');
  const options = { ...defaults };
  for (const key of Object.keys(given)) {
    if (!(key in checks)) throw new ERR_INVALID_ARG_VALUE(`options.${key}`, given[key], `is none of ${Object.keys(checks).join(', ')}`);
    if (given[key] === undefined) continue;
    checks[key](given[key], `options.${key}`);
    options[key] = given[key];
  }
  return options;
}

function brokerOptions(given) {
  const options = checked(given, BROKER, BROKER_CHECKS);
  if (options.path !== undefined && options.name !== undefined) {
    throw new ERR_INVALID_ARG_VALUE('options.name', options.name, 'cannot be given together with options.path');
  }
  return options;
}

function validateSocketPath(value, name) {
  validateString(value, name);
  if (value === '' || value.includes('\0')) throw new ERR_INVALID_ARG_VALUE(name, value, 'must be a path');
}

function validateAbstractName(value, name) {
  validateString(value, name);
  if (process.platform !== 'linux')
    throw new ERR_INVALID_ARG_VALUE(name, value, 'is for Linux: abstract names are nowhere else. Use a path');
  // As long as the kernel has room for, and fit for a variable of the environment.
  if (value === '' || value.includes('\0') || Buffer.byteLength(value) > 107) {
    throw new ERR_INVALID_ARG_VALUE(name, value, 'must be 1 to 107 bytes without NUL');
  }
}

function validateUids(value, name) {
  validateArray(value, name);
  for (const [at, uid] of value.entries()) validateInteger(uid, `${name}[${at}]`, 0, 2 ** 32 - 1);
}

/** Milliseconds; 0 and Infinity for none. */
function validateTimeout(value, name) {
  if (value === Infinity) return;
  validateNumber(value, name, 0);
  if (value > MOST) throw new ERR_OUT_OF_RANGE(name, `<= ${MOST} or Infinity`, value);
}

/** @returns {string} as the addon takes it: a path, or '@name' */
function addressOf(address, what = 'address') {
  if (typeof address === 'object' && address !== null) {
    const { path, name } = address;
    if (address.address !== undefined) return addressOf(address.address, what);
    if (name !== undefined) {
      validateAbstractName(name, `${what}.name`);
      return `@${name}`;
    }
    if (path !== undefined) {
      validateSocketPath(path, `${what}.path`);
      return asPath(path);
    }
    throw new ERR_INVALID_ARG_VALUE(what, address, 'must have an address, a path or a name');
  }
  validateSocketPath(address, what);
  if (address.startsWith('@')) validateAbstractName(address.slice(1), what);
  return address;
}

/** A path, even if it looks like a name. */
function asPath(path) {
  return path.startsWith('@') ? `./${path}` : path;
}

module.exports = {
  OVERFLOWS,
  addressOf,
  asPath,
  broadcastOptions: (given) => checked(given, BROADCAST, BROADCAST_CHECKS),
  brokerOptions,
  clientOptions: (given) => checked(given, CLIENT, CLIENT_CHECKS),
  publishOptions: (given) => checked(given, PUBLISH, PUBLISH_CHECKS),
  requestOptions: (given) => checked(given, REQUEST, REQUEST_CHECKS),
  subscriptionOptions: (given) => checked(given, SUBSCRIPTION, SUBSCRIPTION_CHECKS),
};
