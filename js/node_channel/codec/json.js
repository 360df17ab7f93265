'use strict';
// serialization: 'json'. A line of JSON per message.

const { channelGarbage, sentTooLarge } = require('../errors');
const { GATHER } = require('./gather');
const { encodeLines } = require('./utf8');

/** From here on it is cheaper to make the bytes here than to have Node-API make them of a string. */
const LONG = 4096;
/** Six times that, if all of it has to be escaped, is still below what V8 can do quickly. */
const HUGE = 32 * 1024 * 1024;

/** Messages gathered for one write. */
class Batch {
  /** Whole lines. */
  #lines = '';
  /** A long one comes last, without its newline: to append it to something would copy it. */
  #long = '';

  /** In characters, which is near enough. */
  get size() {
    return this.#lines.length + this.#long.length;
  }

  get isFull() {
    return this.#long !== '' || this.#lines.length >= GATHER;
  }

  add(message) {
    const json = stringify(message);
    if (json?.length >= LONG) this.#long = json;
    // What JSON has no words for (`{ toJSON() {} }`) is the line `undefined` in Node.
    else this.#lines += `${json}\n`;
  }

  /** Empties it into write(), and returns what that returns. */
  drain(write, handle) {
    const lines = this.#lines;
    const long = this.#long;
    this.#lines = '';
    this.#long = '';
    return write(lines.length < LONG && long === '' ? lines : encodeLines(lines, long), handle);
  }
}

function stringify(message) {
  try {
    // V8's quick way (Node 25 and later) aborts the process past 256 MB of output. Indentation, which a string has none of, avoids it.
    if (typeof message === 'string' && message.length > HUGE) return JSON.stringify(message, null, ' ');
    return JSON.stringify(message);
  } catch (error) {
    // V8's own error for a string that would be too long, among all that a toJSON() may throw.
    if (error instanceof RangeError && error.message === 'Invalid string length') throw sentTooLarge(error);
    throw error;
  }
}

/**
 * One JSON.parse for all messages of a read: its fixed cost exceeds that of a small message.
 * A peer may cut its lines so that only together they are valid JSON; it then is taken at its word, which it could have said anyway.
 * @param {string} text the line itself, or `[l1,\nl2,…]`
 * @param {(message: unknown) => void} accept gets those before any garbage
 * @returns {Error | null} the garbage
 */
function decode(text, count, accept) {
  if (count === 1) return decodeLine(text, accept);
  let all;
  try {
    all = JSON.parse(text);
  } catch {
    // One of the lines is no JSON: the loop below finds out which.
  }
  if (all?.length === count) {
    for (let i = 0; i < count; i++) accept(all[i]);
    return null;
  }
  // No line has a newline in it, so that this cuts exactly between them.
  for (const line of text.slice(1, -1).split(',\n')) {
    const garbage = decodeLine(line, accept);
    if (garbage) return garbage;
  }
  return null;
}

function decodeLine(line, accept) {
  let message;
  try {
    message = JSON.parse(line);
  } catch (error) {
    return channelGarbage(error, line);
  }
  accept(message);
  return null;
}

module.exports = { mode: 0, Batch, decode };
