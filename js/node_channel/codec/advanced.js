'use strict';
// serialization: 'advanced'. Frames of a big-endian u32 length and a value in V8's structured clone form.

const { channelGarbage, sentTooLarge } = require('../errors');
const { GATHER } = require('./gather');
const { deserialize, serialize } = require('./host_objects');
const { TOO_HARD, readPlain } = require('./plain_reader');
const { writePlain } = require('./plain_writer');

const PREFIX = 4;
const LONGEST = 0xffff_ffff;
/** Longer frames are not worth a copy. */
const LONG = 8 * 1024;

/** Memory for batches; as a rule one is under way at a time. */
const spare = [];
const MOST_SPARE = 4;

/** Messages gathered for one write. */
class Batch {
  #bytes = null;
  #length = 0;
  #long = null;

  get size() {
    return this.#length + (this.#long?.length ?? 0);
  }

  get isFull() {
    return this.#long !== null || this.#length >= GATHER;
  }

  add(message) {
    const frame = writePlain(message, PREFIX) ?? serialize(message, PREFIX);
    setPrefix(frame);
    if (frame.length > LONG) {
      this.#long = frame;
    } else {
      this.#bytes ??= spare.pop() ?? Buffer.allocUnsafeSlow(GATHER + LONG);
      this.#bytes.set(frame, this.#length);
      this.#length += frame.length;
    }
  }

  /** Empties it into write(), and returns what that returns. */
  drain(write, handle) {
    const bytes = this.#bytes;
    const short = bytes?.subarray(0, this.#length);
    const long = this.#long;
    this.#bytes = null;
    this.#length = 0;
    this.#long = null;
    const result = write(short && long ? Buffer.concat([short, long]) : (short ?? long), handle);
    if (bytes && spare.length < MOST_SPARE) spare.push(bytes);
    return result;
  }
}

function setPrefix(frame) {
  const length = frame.length - PREFIX;
  if (length > LONGEST) throw sentTooLarge();
  frame[0] = length >>> 24;
  frame[1] = length >>> 16;
  frame[2] = length >>> 8;
  frame[3] = length;
}

/**
 * @param {Buffer} frames
 * @param {(message: unknown) => void} accept gets those before any garbage
 * @returns {Error | null} the garbage
 */
function decode(frames, count, accept) {
  let end = 0;
  for (let i = 0; i < count; i++) {
    const start = end + PREFIX;
    end = start + frames.readUInt32BE(end);
    let message = readPlain(frames, start, end);
    if (message === TOO_HARD) {
      const value = frames.subarray(start, end);
      try {
        message = deserialize(value);
      } catch (error) {
        return channelGarbage(error, value);
      }
    }
    accept(message);
  }
  return null;
}

module.exports = { mode: 1, Batch, decode };
