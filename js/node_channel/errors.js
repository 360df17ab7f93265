'use strict';
// Where Node crashes with a parser's exception, or aborts, the child gets an 'error' event of these.

const { inspect } = require('node:util');

const EXCERPT = 80;

/**
 * What came in is no message.
 * @param {unknown} cause what the parser threw
 * @param {string | Uint8Array} input
 */
function channelGarbage(cause, input) {
  const text = typeof input === 'string' ? input : Buffer.from(input.subarray(0, EXCERPT)).toString('latin1');
  const more = input.length > EXCERPT ? '...' : '';
  const error = new Error(`Garbage on the IPC channel: ${inspect(text.slice(0, EXCERPT))}${more}`, { cause });
  error.code = 'ERR_PROCS_CHANNEL_GARBAGE';
  return error;
}

/** A message that came in is longer than a string can be. */
function receivedTooLarge() {
  const error = new Error('A message on the IPC channel is longer than a string can be');
  error.code = 'ERR_PROCS_MESSAGE_TOO_LARGE';
  return error;
}

/** A message cannot be sent. A RangeError, as what V8 throws for it is. */
function sentTooLarge(cause) {
  const error = new RangeError('The message is too large for the IPC channel', { cause });
  error.code = 'ERR_PROCS_MESSAGE_TOO_LARGE';
  return error;
}

module.exports = { channelGarbage, receivedTooLarge, sentTooLarge };
