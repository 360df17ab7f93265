'use strict';
// The child's streams in other forms. What they have in common: they hold the child back when they are not read, a failure of the child
// is theirs, and who leaves one before its end has the child ended.

const { inputTo, optionsOf } = require('./ends');
const { Reading } = require('./reading');
const { Writing } = require('./writing');

const LINES = Object.freeze({ __proto__: null, from: 'stdout', binary: false, preserveNewlines: false });
const BYTES = Object.freeze({ __proto__: null, from: 'stdout', binary: true, preserveNewlines: true });
const INPUT = Object.freeze({ __proto__: null, to: 'stdin' });
const BOTH = Object.freeze({ __proto__: null, ...BYTES, ...INPUT });

function iterable(run, options) {
  return new Reading(run, optionsOf(options, LINES));
}

function readable(run, options) {
  return require('./node').readableOf(new Reading(run, optionsOf(options, BYTES)));
}

function writable(run, options) {
  return require('./node').writableOf(writingTo(run, optionsOf(options, INPUT)), outcomeOf(run));
}

function duplex(run, options) {
  const { reading, writing } = both(run, options);
  return require('./node').duplexOf(reading, writing, outcomeOf(run));
}

function readableStream(run, options) {
  return require('./web').readableStreamOf(new Reading(run, optionsOf(options, BYTES)));
}

function writableStream(run, options) {
  return require('./web').writableStreamOf(writingTo(run, optionsOf(options, INPUT)), outcomeOf(run));
}

function transformStream(run, options) {
  const { reading, writing } = both(run, options);
  const { readableStreamOf, writableStreamOf } = require('./web');
  return { readable: readableStreamOf(reading), writable: writableStreamOf(writing, outcomeOf(run)) };
}

/** Both are looked at before one of them is taken. */
function both(run, options) {
  const chosen = optionsOf(options, BOTH);
  const input = inputTo(run, chosen.to);
  const reading = new Reading(run, chosen);
  return { reading, writing: new Writing(run, input) };
}

function writingTo(run, { to }) {
  return new Writing(run, inputTo(run, to));
}

/** With `reject: false` a failure is told by the result only. */
async function outcomeOf(run) {
  const error = await run.failure;
  return { error: run.settings.reject ? error : null };
}

module.exports = { iterable, readable, writable, duplex, readableStream, writableStream, transformStream };
