'use strict';
// What is transferred is gone for the sender, as with structuredClone. Its bytes then are the channel's alone: nobody has to copy them.

const { types } = require('node:util');
const { dataCloneError } = require('./clone-error');
const { NativeMap, mapGet, mapSet, structuredClone } = require('./intrinsics');
const { detachedError, isDetached } = require('./views');

/**
 * @param {unknown} transfer
 * @returns {ArrayBuffer[]} nothing else can be transferred to another process in a message
 */
function checkTransfer(transfer) {
  // Whatever can be iterated, as structuredClone takes it.
  const list = [...transfer];
  const seen = new NativeMap();
  for (let i = 0; i < list.length; i++) {
    if (!types.isArrayBuffer(list[i])) throw dataCloneError('Only an ArrayBuffer can be transferred to another process.');
    if (mapGet(seen, list[i])) throw dataCloneError('Transfer list contains duplicate ArrayBuffer');
    if (isDetached(list[i])) throw detachedError();
    mapSet(seen, list[i], true);
  }
  return list;
}

/** @returns {(buffer: ArrayBuffer) => ArrayBuffer} where the bytes of a buffer are now */
function transferAll(list) {
  if (list.length === 0) return (buffer) => buffer;
  // All of them or none: whichever V8 will not part with is found before the first is taken.
  const taken = structuredClone(list, { transfer: list });
  const places = new NativeMap();
  for (let i = 0; i < list.length; i++) mapSet(places, list[i], taken[i]);
  return (buffer) => mapGet(places, buffer) ?? buffer;
}

module.exports = { checkTransfer, transferAll };
