'use strict';
// Names of tasks, and of what workers emit, as the mark `=` of a frame takes them: see "Pool workers" in docs/protocol.md.

/** What encodeURIComponent leaves as it is and the mark may not hold. Without a dot, none is one of those that the protocol keeps for itself. */
const OTHERS = /[!'()*.~]/g;

/** Bytes of the longest mark. */
const LONGEST = 255;

/** @returns {string} empty, or longer than LONGEST: it is no name */
function encodeName(name) {
  return encodeURIComponent(name).replace(OTHERS, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** @throws {URIError} it is none of encodeName()'s */
function decodeName(mark) {
  return decodeURIComponent(mark);
}

module.exports = { LONGEST, decodeName, encodeName };
