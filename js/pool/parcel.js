'use strict';
// A task that is more than plain JSON: tags in it, bytes and long strings beside it, descriptors with it. And answers with bytes of their own.

const { codes, ErrnoException } = require('../errors');
const { native: addon } = require('../native');
const { ADDRESSED } = require('../wire-meta');
const { cutSegments } = require('../wire-parts');
const { garbage, tooLarge } = require('./errors');
const { frames } = require('./inside');
const { FIELDS: TERMS, shorten } = require('./task-options');

const NOTHING = Object.freeze([]);
/** Bytes of the longest frame that a worker of ours takes, see maxFrame in docs/protocol.md. */
const MOST_BYTES = 256 * 1024 * 1024;

class Parcel {
  json;
  tagged = false;
  /** A promise to be waited for before it can be submitted, or null. */
  pending = null;
  /** To be told whether the handle has arrived, or null. */
  settle = null;
  #segments = NOTHING;
  #fds = NOTHING;
  /** Which keep those open. */
  #owners = NOTHING;

  /**
   * @param {string | object} encoded what encode() gave
   * @param {unknown} handle
   * @param {{ keepOpen?: boolean }} options
   * @throws why that handle cannot be sent, or ERR_PROCS_IPC_TOO_LARGE; nothing has happened to it then
   */
  constructor(encoded, handle, options) {
    if (typeof encoded === 'string') {
      this.json = encoded;
    } else {
      this.#fds = encoded.descriptors;
      // What goes beside the JSON has a word about it in front. See "Descriptors" in docs/protocol.md.
      this.json = this.#fds.length === 0 ? encoded.json : `[null,${encoded.json}]`;
      this.tagged = true;
      this.#segments = encoded.segments;
      this.pending = encoded.pending;
      this.#owners = encoded.owners;
      const bytes = this.#segments.reduce((sum, { length }) => sum + length, this.json.length);
      if (bytes > MOST_BYTES) {
        this.pending?.catch(ignore);
        throw tooLarge(bytes, MOST_BYTES);
      }
    }
    if (handle !== undefined) this.#addHandle(handle, options);
  }

  #addHandle(handle, options) {
    const { info, fds, sent } = frames.packHandle(handle, options);
    const message = this.#fds.length === 0 ? this.json : this.json.slice('[null,'.length, -1);
    this.json = `[${JSON.stringify(info)},${message}]`;
    this.#fds = [...this.#fds, ...fds];
    this.settle = sent;
  }

  /** Whether it is nothing but its line, for which it has tags. */
  get isLine() {
    return this.#segments.length === 0 && this.#fds.length === 0;
  }

  /** What is submitted later must not be changed meanwhile. A Blob's bytes are not there yet, and nobody else's. */
  keep() {
    for (const segment of this.#segments) if (segment.bytes !== null) segment.bytes = segment.bytes.slice();
  }

  /**
   * @param {object} native see Pool in native.d.ts
   * @param {string} mark '' or '=name'
   * @param {import('./task-options').Terms | null} terms
   * @param {number} waited milliseconds before
   * @returns {boolean} false: there is no room for it
   * @throws the system's error about a descriptor that cannot be sent
   */
  submit(native, id, mark, terms, waited) {
    let numbers = null;
    if (terms !== null) {
      numbers = new Float64Array(TERMS);
      terms.write(numbers, 0, terms.key === null ? 0 : 1, this.#fds.length);
      shorten(numbers, 0, waited);
    }
    const status = native.submitWith(
      id,
      mark.slice(1),
      this.tagged,
      this.json,
      ...bytesAndTypes(this.#segments),
      this.#fds.length === 0 ? null : Int32Array.from(this.#fds),
      numbers,
      terms?.key ?? null,
    );
    if (status < 0) throw new ErrnoException(status, 'dup');
    if (status === 0) return false;
    // They have been duplicated.
    this.#owners = NOTHING;
    return true;
  }
}

/**
 * The value of a frame with segments.
 * @param {object} native see Pool in native.d.ts
 * @param {number} worker that it is from
 * @param {Int32Array} about see Meta in native.d.ts
 * @param {number} flags of the frame
 * @param {string} text
 * @param {Uint8Array | string | null} buffer segments that travelled inline
 * @param {number[]} fds ours from here on
 * @returns {unknown} with a name: [name, value]
 * @throws ERR_PROCS_IPC_GARBAGE
 */
function openSegments(native, worker, about, flags, text, buffer, fds) {
  let parsed;
  let segments;
  try {
    parsed = parse(text);
    segments = cutSegments(about, buffer, (slab, offset) => {
      const bytes = native.take(worker, slab, offset);
      if (bytes === null) throw garbage(`s${slab}.${offset}`);
      return bytes;
    });
  } catch (error) {
    for (const fd of fds) if (fd >= 0) addon().closeFd(fd);
    throw error;
  }
  if ((flags & ADDRESSED) === 0) return frames.openFrame(parsed, segments, fds, flags).value;
  return [parsed[0], frames.openFrame(parsed[1], segments, fds, flags).value];
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw garbage(text, error);
  }
}

/** Of the setup of workers, of which there is one for all. @throws DataCloneError */
function setupOf(value) {
  const encoded = frames.encode(value);
  if (typeof encoded === 'string') return { json: encoded, segments: null, types: '' };
  refuseUnique(encoded, 'options.workerData', value.workerData);
  const [bytes, types] = bytesAndTypes(encoded.segments);
  return { json: encoded.json, segments: bytes, types, tagged: true };
}

/** A message for all workers that are up. @returns {number} to how many it goes @throws DataCloneError */
function broadcast(native, encoded) {
  if (typeof encoded === 'string') return native.broadcast(`M:${encoded}\n`);
  refuseUnique(encoded, 'message', undefined);
  const { json, segments } = encoded;
  if (segments.length === 0) return native.broadcast(`M~:${json}\n`);
  return native.broadcastWith(true, json, ...bytesAndTypes(segments));
}

/** What is for every worker holds nothing that has to be waited for, or that exists once. */
function refuseUnique({ pending, descriptors }, name, value) {
  if (pending === null && descriptors.length === 0) return;
  pending?.catch(ignore);
  throw new codes.ERR_INVALID_ARG_VALUE(name, value, 'must not hold a Blob or shared memory');
}

/** As native.d.ts has segments. */
function bytesAndTypes(segments) {
  return [segments.map(({ bytes }) => bytes), segments.map(({ type }) => type).join('')];
}

function ignore() {}

module.exports = { Parcel, broadcast, openSegments, setupOf };
