'use strict';
// Every error with a code of Node's that this package throws, with Node's wording.

const { format } = require('util');
const { nodeError } = require('./node-error');
const { subject, kindOf, expectation, list, receivedType, receivedValue, receivedNumber } = require('./wording');

const codes = { __proto__: null };

function define(code, Base, message) {
  codes[code] = nodeError(code, Base, typeof message === 'string' ? (...args) => format(message, ...args) : message);
}

define(
  'ERR_INVALID_ARG_TYPE',
  TypeError,
  (name, expected, actual) => `${subject(name)} must be ${expectation(expected)}. Received ${receivedType(actual)}`,
);
define(
  'ERR_INVALID_ARG_VALUE',
  TypeError,
  (name, value, reason = 'is invalid') => `The ${kindOf(name)} '${name}' ${reason}. Received ${receivedValue(value)}`,
);
define(
  'ERR_OUT_OF_RANGE',
  RangeError,
  (name, range, input) => `The value of "${name}" is out of range. It must be ${range}. Received ${receivedNumber(input)}`,
);
define('ERR_MISSING_ARGS', TypeError, (...names) => {
  const quoted = names.map((name) => (Array.isArray(name) ? name.map((one) => `"${one}"`).join(' or ') : `"${name}"`));
  return `The ${list(quoted, 'and')} argument${names.length > 1 ? 's' : ''} must be specified`;
});
define('ERR_UNKNOWN_SIGNAL', TypeError, 'Unknown signal: %s');
define('ERR_UNKNOWN_ENCODING', TypeError, 'Unknown encoding: %s');

define('ERR_CHILD_CLOSED_BEFORE_REPLY', Error, 'Child closed before reply received');
define('ERR_CHILD_PROCESS_IPC_REQUIRED', Error, "Forked processes must have an IPC channel, missing value 'ipc' in %s");
define('ERR_CHILD_PROCESS_STDIO_MAXBUFFER', RangeError, '%s maxBuffer length exceeded');
define('ERR_INVALID_SYNC_FORK_INPUT', TypeError, 'Asynchronous forks do not support Buffer, TypedArray, DataView or string input: %s');

define('ERR_INVALID_HANDLE_TYPE', TypeError, 'This handle type cannot be sent');
define('ERR_IPC_CHANNEL_CLOSED', Error, 'Channel closed');
define('ERR_IPC_DISCONNECTED', Error, 'IPC channel is already disconnected');
define('ERR_IPC_ONE_PIPE', Error, 'Child process can have only one IPC pipe');
define('ERR_IPC_SYNC_FORK', Error, 'IPC cannot be used with synchronous forks');

module.exports = { codes };
