'use strict';
// A value as one whole frame: what a message of it would be on the wire, for files, tests and other transports.

const { isUint8Array } = require('node:util').types;
const { codes } = require('../../errors');
const {
  JSONParse,
  NativeRegExp,
  bufferConcat,
  bufferFrom,
  bufferIndexOf,
  promiseThen,
  regExpExec,
  stringIndexOf,
  stringSlice,
  typedArrayBuffer,
  typedArrayByteLength,
  typedArrayByteOffset,
  utf8Slice,
} = require('./intrinsics');
const { garbage } = require('./garbage');
const { decode } = require('./decode');
const { dataCloneError } = require('./clone-error');
const { encode } = require('./encode');

const { MOST_SEGMENTS } = require('./limits');

const LF = 0x0a;
const HEADER = /^M(~?)((?:\+\d{1,10}[blu])*):$/;
const MARK = '\\+(\\d+)([blu])';
/** How JSON begins on the wire. */
const PLAIN = /^[{["\-0-9tfn]/;
const EXCERPT = 80;

/** @param {{type: string, length: number}[]} segments @returns {string} their marks */
function segmentMarks(segments) {
  let marks = '';
  for (let i = 0; i < segments.length; i++) marks += `+${segments[i].length}${segments[i].type}`;
  return marks;
}

/**
 * @param {unknown} value
 * @param {{transfer?: Iterable<ArrayBuffer>}} [options]
 * @returns {Buffer} a frame: a line, and the segments behind it
 * @throws {DOMException} DataCloneError, also for a Blob, whose bytes cannot be had at once
 */
function serialize(value, options = undefined) {
  const encoded = encode(value, options?.transfer);
  if (typeof encoded === 'string') return bufferFrom(`${encoded}\n`);
  const { json, segments, pending, descriptors } = encoded;
  if (pending !== null) {
    promiseThen(pending, undefined, () => {});
    throw dataCloneError('A Blob could not be cloned at once: its bytes are read in the background.');
  }
  if (descriptors.length > 0) throw dataCloneError('Shared memory could not be cloned: it goes only through a channel.');
  const parts = [bufferFrom(`M~${segmentMarks(segments)}:${json}\n`)];
  for (let i = 0; i < segments.length; i++) parts[i + 1] = segments[i].bytes;
  return parts.length === 1 ? parts[0] : bufferConcat(parts);
}

/**
 * @param {Uint8Array} frame exactly one
 * @returns {unknown}
 * @throws {Error} ERR_PROCS_IPC_GARBAGE
 */
function deserialize(frame) {
  if (!isUint8Array(frame)) throw new codes.ERR_INVALID_ARG_TYPE('frame', ['Buffer', 'Uint8Array'], frame);
  const end = bufferIndexOf(frame, LF);
  if (end === -1) throw garbage('a frame without an end');
  const line = utf8Slice(frame, 0, end);
  if (line[0] !== 'M') {
    if (regExpExec(PLAIN, line) === null) throw garbage(stringSlice(line, 0, EXCERPT));
    if (end + 1 !== typedArrayByteLength(frame)) throw garbage('bytes behind a line that announces none');
    return parse(line);
  }
  const header = stringSlice(line, 0, stringIndexOf(line, ':') + 1);
  const marks = regExpExec(HEADER, header);
  if (marks === null) throw garbage(`not the frame of a message: ${stringSlice(line, 0, EXCERPT)}`);
  const segments = cut(marks[2], frame, end + 1);
  const tree = parse(stringSlice(line, header.length));
  return marks[1] === '~' ? decode(tree, segments) : tree;
}

/** @param {string} marks of the segments that begin at `start` */
function cut(marks, frame, start) {
  const segments = [];
  const size = typedArrayByteLength(frame);
  let at = start;
  // Sticky, so that it goes on where it was.
  const mark = new NativeRegExp(MARK, 'y');
  for (let found = regExpExec(mark, marks); found !== null; found = regExpExec(mark, marks)) {
    const length = +found[1];
    if (at + length > size) throw garbage('segments that are longer than the frame');
    segments[segments.length] = {
      type: found[2],
      bytes: new Uint8Array(typedArrayBuffer(frame), typedArrayByteOffset(frame) + at, length),
    };
    at += length;
  }
  if (segments.length > MOST_SEGMENTS) throw garbage(`${segments.length} segments`);
  if (at !== size) throw garbage('bytes behind the segments that the line announces');
  return segments;
}

function parse(json) {
  try {
    return JSONParse(json);
  } catch {
    throw garbage(stringSlice(json, 0, EXCERPT));
  }
}

module.exports = { deserialize, segmentMarks, serialize };
