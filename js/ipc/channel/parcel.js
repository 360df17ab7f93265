'use strict';
// A frame that is more than plain JSON: tags in it, bytes and long strings behind it or in shared memory, descriptors beside it.

const { release } = require('../slab');
const { markedLine } = require('./frame');

/** Bytes from which on they are worth a place in shared memory. */
const SHARED_FROM = 64 * 1024;
const NOTHING = Object.freeze([]);

class Parcel {
  /** A promise to be waited for before it can be packed, or null. */
  pending = null;
  segments = NOTHING;
  fds = NOTHING;
  /** Which keep those open. */
  owners = NOTHING;
  tagged = false;
  /** To be told what became of the descriptors, or null. */
  sent = null;
  /** ArrayBuffers of alloc() that are transferred. */
  transferred = NOTHING;

  /**
   * @param {string} head kind and id: 'Q7'
   * @param {string | object} encoded what encode() gave
   * @param {string} [topic] of a worker's frame
   */
  constructor(head, encoded, topic = '') {
    this.head = head;
    this.topic = topic;
    if (typeof encoded === 'string') {
      this.json = encoded;
      return;
    }
    this.fds = encoded.descriptors;
    // What goes beside the JSON has a word about it in front. See "Descriptors" in docs/protocol.md.
    this.json = this.fds.length === 0 ? encoded.json : `[null,${encoded.json}]`;
    this.tagged = true;
    this.segments = encoded.segments;
    this.pending = encoded.pending;
    this.owners = encoded.owners;
  }

  addHandle(handle, options, channel) {
    if (handle === undefined || handle === null) return;
    const { info, fds, sent } = require('../handles').pack(handle, options, channel);
    const message = this.fds.length === 0 ? this.json : this.json.slice('[null,'.length, -1);
    this.json = `[${JSON.stringify(info)},${message}]`;
    this.fds = [...this.fds, ...fds];
    this.sent = sent;
  }

  /** What is sent later must not be changed meanwhile. A Blob's bytes are not there yet, and nobody else's. */
  keep() {
    for (const segment of this.segments) if (segment.bytes !== null) segment.bytes = segment.bytes.slice();
    this.letGo();
  }

  /** Nothing is read any more from what was transferred. What was given to the peer as it is, is gone already. */
  letGo() {
    for (const buffer of this.transferred) release(buffer);
    this.transferred = NOTHING;
  }

  /** Whether it is nothing but its line. */
  get isLine() {
    return this.segments.length === 0 && this.fds.length === 0;
  }

  get line() {
    return this.tagged || this.head !== 'M' || this.topic !== ''
      ? markedLine(this.head, this.json, this.tagged, 0, '', this.topic)
      : `${this.json}\n`;
  }

  /**
   * To be written at once: a place in shared memory that is not told of is lost.
   * @param {object} wire see Wire in native.d.ts
   * @returns {{ line: string, segments: Uint8Array[] | null, handles: Int32Array | null, isInline: boolean }} isInline: nothing of it is in shared memory
   */
  pack(wire) {
    let marks = '';
    let inline = null;
    let isInline = true;
    for (const { type, bytes } of this.segments) {
      const place = type === 'b' && bytes.byteLength >= SHARED_FROM ? placed(wire, bytes) : null;
      if (place !== null) {
        marks += place;
        isInline = false;
      } else {
        marks += `+${bytes.byteLength}${type}`;
        inline ??= [];
        inline.push(bytes);
      }
    }
    const handles = this.fds.length > 0 ? Int32Array.from(this.fds) : null;
    const line = markedLine(this.head, this.json, this.tagged, this.fds.length, marks, this.topic);
    return { line, segments: inline, handles, isInline };
  }
}

/** The mark of a piece of shared memory that holds these bytes; null where there is none. */
function placed(wire, bytes) {
  const { buffer, byteLength } = bytes;
  // What alloc() made is given away as it is, and is detached by that.
  return (byteLength === buffer.byteLength ? wire.give(buffer) : null) ?? wire.place(bytes);
}

module.exports = { Parcel };
