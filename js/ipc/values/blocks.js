'use strict';
// Which blocks of memory the ArrayBuffers and views of a message share.
//
// Decided at the end, when no code of the user's runs any more: until then a getter may resize or detach any of them.

const { NativeMap, arraySort, arrayBufferByteLength, getPrototypeOf, mapForEach, mapGet, mapSet } = require('./intrinsics');
const { dataCloneError } = require('./clone-error');
const { MOST_RESERVED } = require('./limits');
const { detachedError, isDetached, lookAt, maxByteLengthOf, tracksLength } = require('./views');

const BufferPrototype = Buffer.prototype;

/** The ArrayBuffers and views of one message. */
class Blocks {
  /** By ArrayBuffer: its own tag, where the message has it, and its views. */
  #buffers = new NativeMap();
  #reserved = 0;

  /** @param {unknown[]} tag to be filled in: name and arguments */
  addBuffer(buffer, tag, place) {
    this.#of(buffer).own = { tag, place };
  }

  addView(view, buffer, tag) {
    const { views } = this.#of(buffer);
    views[views.length] = { view, tag, name: '', byteOffset: 0, byteLength: 0, length: 0, tracks: false, isBuffer: false };
  }

  #of(buffer) {
    let found = mapGet(this.#buffers, buffer);
    if (found === undefined) {
      found = { own: null, views: [], size: 0, max: undefined };
      mapSet(this.#buffers, buffer, found);
    }
    return found;
  }

  /** Looks at all of them for the last time before some may be transferred. */
  look() {
    mapForEach(this.#buffers, (block, buffer) => {
      if (isDetached(buffer)) throw detachedError();
      block.size = arrayBufferByteLength(buffer);
      block.max = maxByteLengthOf(buffer);
      if (block.max !== undefined && (this.#reserved += block.max) > MOST_RESERVED) {
        throw dataCloneError('The resizable ArrayBuffers of a message must not be able to grow to more than 4 GiB together.');
      }
      for (let i = 0; i < block.views.length; i++) lookAgain(block.views[i]);
    });
  }

  /**
   * Fills in all tags.
   * @param {{moved: (buffer: ArrayBuffer) => ArrayBuffer, segments: import('./segments').Segments, places: import('./places').Places}} message
   */
  fill(message) {
    mapForEach(this.#buffers, (block, buffer) => {
      if (block.own === null && areBuffers(block.views)) fillPieces(block.views, message.moved(buffer), message);
      else fillWhole(block, new Uint8Array(message.moved(buffer), 0, block.size), message);
    });
  }
}

function lookAgain(one) {
  const seen = lookAt(one.view);
  one.name = seen.name;
  one.byteOffset = seen.byteOffset;
  one.byteLength = seen.byteLength;
  one.length = seen.length;
  one.tracks = tracksLength(one.view, seen);
  one.isBuffer = getPrototypeOf(one.view) === BufferPrototype;
}

function areBuffers(views) {
  for (let i = 0; i < views.length; i++) if (!views[i].isBuffer) return false;
  return true;
}

function fillWhole({ own, views, size, max }, bytes, message) {
  const first = views[0];
  if (own === null && views.length === 1 && max === undefined && first.byteOffset === 0 && first.byteLength === size) {
    first.tag[0] = first.name;
    message.segments.addBlock(first.tag, bytes);
    return;
  }
  const tag = own?.tag ?? [];
  tag[0] = 'ArrayBuffer';
  message.segments.addBlock(tag, bytes);
  if (max !== undefined) tag[2] = max;
  if (views.length === 0) return;
  let reference;
  if (own !== null) reference = message.places.reference(own.place);
  else reference = views.length === 1 ? { $: tag } : message.places.enter({ $: tag });
  for (let i = 0; i < views.length; i++) fillView(views[i], reference, views[i].byteOffset);
}

/** Node's Buffers, as a rule, lie side by side in a block that is not theirs: only their own bytes are sent. Those that overlap go on doing so. */
function fillPieces(views, block, message) {
  const sorted = arraySort(views, (a, b) => a.byteOffset - b.byteOffset || b.byteLength - a.byteLength);
  for (let i = 0; i < sorted.length; ) {
    const start = sorted[i].byteOffset;
    let end = start + sorted[i].byteLength;
    let next = i + 1;
    for (; next < sorted.length && sorted[next].byteOffset < end; next++) {
      const last = sorted[next].byteOffset + sorted[next].byteLength;
      if (last > end) end = last;
    }
    const piece = new Uint8Array(block, start, end - start);
    if (next - i === 1) {
      sorted[i].tag[0] = 'Uint8Array';
      message.segments.addBlock(sorted[i].tag, piece);
    } else {
      const tag = ['ArrayBuffer'];
      message.segments.addBlock(tag, piece);
      const reference = message.places.enter({ $: tag });
      for (let j = i; j < next; j++) fillView(sorted[j], reference, sorted[j].byteOffset - start);
    }
    i = next;
  }
}

function fillView({ tag, name, length, tracks }, reference, byteOffset) {
  tag[0] = name;
  tag[1] = reference;
  tag[2] = byteOffset;
  if (!tracks) tag[3] = length;
}

module.exports = { Blocks };
