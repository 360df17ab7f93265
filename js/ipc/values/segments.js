'use strict';
// The segments of a frame, as they are collected.

const { blobArrayBuffer, blobSize, promiseAll, promiseThen, typedArraySet } = require('./intrinsics');
const { dataCloneError } = require('./clone-error');
const { HUGE_TEXT, LONG_ONE_BYTE_TEXT, MOST_BLOCKS, MOST_LARGE_BLOCKS, MOST_TEXTS, SMALL_BLOCK } = require('./limits');
const { bytesOf, typeOf } = require('./text');

class Segments {
  /** @type {{type: 'b' | 'l' | 'u', bytes: Uint8Array | null, length: number}[]} */
  list = [];
  /** Blocks of bytes whose place is not decided: it depends on how many there are. */
  #blocks = [];
  /** For the bytes of Blobs. */
  #waiting = [];

  /**
   * @param {string} text of LONG_TEXT or more
   * @returns {number | null} null: it stays in the JSON, for it is cheap there, or there are enough here
   */
  addText(text) {
    const type = typeOf(text);
    if (type === 'l' && text.length < LONG_ONE_BYTE_TEXT) return null;
    if (this.list.length >= MOST_TEXTS && text.length < HUGE_TEXT) return null;
    const bytes = bytesOf(type, text);
    return this.#add(type, bytes, bytes.length).index;
  }

  #add(type, bytes, length) {
    const index = this.list.length;
    const segment = { type, bytes, length };
    this.list[index] = segment;
    return { index, segment };
  }

  /** @param {unknown[]} tag gets the place as its next argument, once that is known */
  addBlock(tag, bytes) {
    this.#enqueue(tag, bytes, null, bytes.length);
  }

  addBlob(tag, blob) {
    this.#enqueue(tag, null, blob, blobSize(blob));
  }

  #enqueue(tag, bytes, blob, length) {
    const at = tag.length;
    tag[at] = null;
    this.#blocks[this.#blocks.length] = { tag, at, bytes, blob, length };
  }

  /** Gives each block its place. */
  settle() {
    const crowded = this.#blocks.length > MOST_BLOCKS;
    const sharing = [];
    let large = 0;
    for (let i = 0; i < this.#blocks.length; i++) {
      const block = this.#blocks[i];
      if (crowded && (block.length < SMALL_BLOCK || ++large > MOST_LARGE_BLOCKS)) sharing[sharing.length] = block;
      else this.#alone(block);
    }
    if (sharing.length > 0) this.#together(sharing);
  }

  #alone(block) {
    const { index, segment } = this.#add('b', block.bytes, block.length);
    block.tag[block.at] = index;
    if (block.blob === null) return;
    this.#await(block, (bytes) => {
      segment.bytes = bytes;
    });
  }

  #together(blocks) {
    let length = 0;
    for (let i = 0; i < blocks.length; i++) length += blocks[i].length;
    const all = new Uint8Array(length);
    const { index } = this.#add('b', all, length);
    let start = 0;
    for (let i = 0; i < blocks.length; i++) {
      const block = blocks[i];
      const at = start;
      block.tag[block.at] = [index, at, block.length];
      if (block.blob === null) typedArraySet(all, block.bytes, at);
      else this.#await(block, (bytes) => typedArraySet(all, bytes, at));
      start += block.length;
    }
  }

  #await({ blob, length }, take) {
    this.#waiting[this.#waiting.length] = promiseThen(blobArrayBuffer(blob), (buffer) => {
      const bytes = new Uint8Array(buffer);
      if (bytes.length !== length) throw dataCloneError('A Blob has changed while it was read and could not be cloned.');
      take(bytes);
    });
  }

  /** @returns {Promise<void> | null} until the bytes of all Blobs are there */
  get pending() {
    return this.#waiting.length === 0 ? null : promiseThen(promiseAll(this.#waiting), () => undefined);
  }
}

module.exports = { Segments };
