'use strict';
// Lines of the protocol, see docs/protocol.md.

/** Kinds that this folder speaks, as the addon tells them. */
const KIND = {
  __proto__: null,
  MESSAGE: 77,
  REQUEST: 81,
  ANSWER: 82,
  ERROR: 69,
  CANCEL: 67,
  STREAM: 83,
  ITEM: 73,
  DONE: 68,
  WINDOW: 87,
  BYE: 88,
};

/** Items of a stream that may be sent before the first W. */
const FIRST_WINDOW = 16;

/**
 * The line of a frame with marks, in the order that they must have.
 * @param {string} head kind and id: 'Q7'
 * @param {string} json
 * @param {boolean} tagged whether there are tags in it
 * @param {number} handles that go with it
 * @param {string} segments their marks
 * @param {string} [topic]
 */
function markedLine(head, json, tagged, handles, segments, topic = '') {
  return `${head}${tagged ? '~' : ''}${handles > 0 ? `@${handles}` : ''}${topic === '' ? '' : `=${topic}`}${segments}:${json}\n`;
}

module.exports = { FIRST_WINDOW, KIND, markedLine };
