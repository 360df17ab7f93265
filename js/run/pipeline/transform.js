'use strict';
// Steps that stand in JavaScript: functions and streams, from one asynchronous iterable to the next.

const { once } = require('events');
const { createWriteStream } = require('fs');
const { Readable, Writable, Duplex, pipeline } = require('stream');
const { pipeline: join } = require('stream/promises');
const { Input } = require('./input');
const { isIterable, isWebPair } = require('./steps');

/**
 * @param {AsyncIterable<any> | undefined} source what the step before gives; undefined for the first step
 * @param {object[]} steps functions and streams
 * @returns {AsyncIterable<any>}
 */
function compose(source, steps) {
  return steps.reduce((input, step) => (step.kind === 'function' ? called(step.call, input) : through(step.stream, input)), source);
}

/** Not called before somebody reads. */
async function* called(call, input) {
  try {
    const output = await call(asInput(input));
    if (!isOutput(output))
      throw new TypeError(`A function between steps must return an iterable, as async generators do. It returned ${output}`);
    yield* output;
  } finally {
    leave(input);
  }
}

/** Who has not read to the end wants no more, and the writer must learn of it. */
function leave(input) {
  if (typeof input?.destroy === 'function') input.destroy();
  else input?.return?.();
}

/** What comes out of a stream, with the errors of what goes in. */
function through(stream, input) {
  const inner = nodeStream(stream);
  // The error needs no listener here: it destroys the stream, and whoever reads from it gets it.
  return input === undefined ? inner : pipeline(asReadable(input), inner, () => {});
}

/**
 * The steps behind the last command: functions and streams, and at the very end also a file.
 * @returns {() => any} what the last one gives: an iterable, or what the function returned once it is there
 */
function composeTail(source, steps) {
  const last = steps.at(-1);
  const before = compose(source, steps.slice(0, -1));
  if (last.kind === 'function') return () => last.call(asInput(before));
  if (last.kind === 'target') return () => join(asReadable(before), fileOf(last.target));
  // A socket could be read from as well, but that it stands last says that it is written to.
  if (isWebPair(last.stream) || typeof last.stream._transform === 'function') return () => through(last.stream, before);
  return () => drainInto(before, nodeStream(last.stream));
}

async function drainInto(input, writable) {
  const isOwn = writable === process.stdout || writable === process.stderr; // these stay open
  if (!isOwn) return join(asReadable(input), writable);
  for await (const chunk of input) {
    if (!writable.write(chunk)) await once(writable, 'drain');
  }
}

function fileOf({ value, append }) {
  return createWriteStream(value, { __proto__: null, flags: append ? 'a' : 'w' });
}

function nodeStream(stream) {
  if (isWebPair(stream)) return Duplex.fromWeb(stream);
  if (typeof stream.getReader === 'function') return Readable.fromWeb(stream);
  if (typeof stream.getWriter === 'function') return Writable.fromWeb(stream);
  return stream;
}

function asReadable(input) {
  return typeof input.pipe === 'function' ? input : Readable.from(input);
}

function asInput(input) {
  return input === undefined ? undefined : new Input(input);
}

/** A string is iterable too, character by character, and never meant to be. */
function isOutput(value) {
  return value !== null && typeof value === 'object' && isIterable(value);
}

module.exports = { compose, composeTail, isOutput, leave };
