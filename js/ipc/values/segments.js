'use strict';
// The segments of a frame, as they are collected.

const { blobArrayBuffer, blobSize, typedArraySet } = require('./intrinsics');
const { dataCloneError } = require('./clone-error');
const { HUGE_TEXT, MOST_BLOCKS, MOST_LARGE_BLOCKS, MOST_TEXTS, SMALL_BLOCK } = require('./limits');
const { textSegment } = require('./text');

class Segments {
  /** @type {{type: 'b' | 'l' | 'u', bytes: Uint8Array | null, length: number}[]} */
  list = [];
  /** Blocks of bytes whose place is not decided: it depends on how many there are. */
  #blocks = [];
  #waiting = [];

  /** @returns {number | null} null: there are enough, it stays in the JSON */
  addText(text) {
    if (this.list.length >= MOST_TEXTS && text.length < HUGE_TEXT) return null;
    const { type, bytes } = textSegment(text);
    return this.list.push({ type, bytes, length: bytes.length }) - 1;
  }

  /** @param {unknown[]} tag gets the place as its next argument, once that is known */
  addBlock(tag, bytes) {
    this.#blocks.push({ tag, at: tag.push(0) - 1, bytes, blob: null, length: bytes.length });
  }

  addBlob(tag, blob) {
    this.#blocks.push({ tag, at: tag.push(0) - 1, bytes: null, blob, length: blobSize(blob) });
  }

  /** Gives each block its place. */
  settle() {
    const crowded = this.#blocks.length > MOST_BLOCKS;
    let large = 0;
    const sharing = [];
    for (const block of this.#blocks) {
      if (crowded && (block.length < SMALL_BLOCK || ++large > MOST_LARGE_BLOCKS)) sharing.push(block);
      else block.tag[block.at] = this.#alone(block);
    }
    if (sharing.length > 0) this.#together(sharing);
  }

  #alone(block) {
    const segment = { type: 'b', bytes: block.bytes, length: block.length };
    if (block.blob !== null) {
      this.#waiting.push(
        bytesOf(block).then((bytes) => {
          segment.bytes = bytes;
        }),
      );
    }
    return this.list.push(segment) - 1;
  }

  #together(blocks) {
    const length = blocks.reduce((sum, block) => sum + block.length, 0);
    const bytes = new Uint8Array(length);
    const index = this.list.push({ type: 'b', bytes, length }) - 1;
    let start = 0;
    for (const block of blocks) {
      const at = start;
      if (block.blob === null) typedArraySet(bytes, block.bytes, at);
      else this.#waiting.push(bytesOf(block).then((read) => typedArraySet(bytes, read, at)));
      block.tag[block.at] = [index, at, block.length];
      start += block.length;
    }
  }

  /** @returns {Promise<void> | null} until the bytes of all Blobs are there */
  get pending() {
    if (this.#waiting.length === 0) return null;
    return Promise.all(this.#waiting).then(() => undefined);
  }
}

async function bytesOf({ blob, length }) {
  const bytes = new Uint8Array(await blobArrayBuffer(blob));
  if (bytes.length !== length) throw dataCloneError('A Blob has changed while it was read and could not be cloned.');
  return bytes;
}

module.exports = { Segments };
