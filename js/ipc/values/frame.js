'use strict';
// A value as one whole frame: what a message of it would be on the wire, for files, tests and other transports.

const { isUint8Array } = require('node:util').types;
const { codes } = require('../../errors');
const { JSONParse, typedArrayBuffer, typedArrayByteLength, typedArrayByteOffset } = require('./intrinsics');
const { garbage } = require('./garbage');
const { decode } = require('./decode');
const { dataCloneError } = require('./clone-error');
const { encode } = require('./encode');

const { MOST_SEGMENTS } = require('./limits');

const LF = 0x0a;
const HEADER = /^M(~?)((?:\+\d{1,10}[blu])*):$/;
const MARK = /\+(\d+)([blu])/g;
const EXCERPT = 80;

/** @param {{type: string, length: number}[]} segments @returns {string} their marks */
const segmentMarks = (segments) => segments.map(({ type, length }) => `+${length}${type}`).join('');

/**
 * @param {unknown} value
 * @param {{transfer?: Iterable<ArrayBuffer>}} [options]
 * @returns {Buffer} a frame: a line, and the segments behind it
 */
function serialize(value, options = undefined) {
  const encoded = encode(value, options?.transfer);
  if (typeof encoded === 'string') return Buffer.from(`${encoded}\n`);
  const { json, segments, pending, descriptors } = encoded;
  if (pending !== null) {
    pending.catch(() => {});
    throw dataCloneError('A Blob cannot be serialized at once: its bytes are read in the background.');
  }
  if (descriptors.length > 0) throw dataCloneError('Shared memory could not be cloned: it goes only through a channel.');
  return Buffer.concat([Buffer.from(`M~${segmentMarks(segments)}:${json}\n`), ...segments.map(({ bytes }) => bytes)]);
}

/**
 * @param {Uint8Array} frame exactly one
 * @returns {unknown}
 */
function deserialize(frame) {
  if (!isUint8Array(frame)) throw new codes.ERR_INVALID_ARG_TYPE('frame', ['Buffer', 'Uint8Array'], frame);
  const bytes = Buffer.from(typedArrayBuffer(frame), typedArrayByteOffset(frame), typedArrayByteLength(frame));
  const end = bytes.indexOf(LF);
  if (end === -1) throw garbage('a frame without an end');
  const line = bytes.utf8Slice(0, end);
  const { json, tagged, segments } = cut(line, bytes.subarray(end + 1));
  const tree = parse(json);
  return tagged ? decode(tree, segments) : tree;
}

function cut(line, rest) {
  const isMarked = line[0] === 'M';
  const header = isMarked ? line.slice(0, line.indexOf(':') + 1) : '';
  const marks = HEADER.exec(header);
  if (isMarked && marks === null) throw garbage(`not the frame of a message: ${line.slice(0, EXCERPT)}`);
  const segments = [];
  let start = 0;
  for (const [, length, type] of marks?.[2].matchAll(MARK) ?? []) {
    segments.push({ type, bytes: rest.subarray(start, start + Number(length)) });
    start += Number(length);
  }
  if (segments.length > MOST_SEGMENTS) throw garbage(`${segments.length} segments`);
  if (start !== rest.length) throw garbage(`${rest.length} bytes behind a line that announces ${start}`);
  return { json: line.slice(header.length), tagged: marks?.[1] === '~', segments };
}

function parse(json) {
  try {
    return JSONParse(json);
  } catch {
    throw garbage(json.slice(0, EXCERPT));
  }
}

module.exports = { deserialize, segmentMarks, serialize };
