'use strict';
// stdin, stdout, stderr, stdio, input and inputFile: one list of targets for each of the child's fds.

const { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, isPlain } = require('./checks');
const { targetOf, bytesOf, PIPE, INHERIT, IGNORE } = require('./target');
const { types } = require('util');

const NAMES = ['stdin', 'stdout', 'stderr'];

const PIPED = Object.freeze([PIPE]);
const INHERITED = Object.freeze([INHERIT]);
const IGNORED = Object.freeze([IGNORE]);
const ALL_PIPED = Object.freeze([PIPED, PIPED, PIPED]);
const ALL_IGNORED = Object.freeze([IGNORED, IGNORED, IGNORED]);
const ONE_INPUT = Object.freeze([true, false, false]);

/**
 * @param {object} given the options
 * @param {boolean} ignored whether streams of which nothing is said are not opened
 * @returns {{ stdio: import('./target').Target[][], inputs: boolean[] }} inputs: whether the child reads from that fd
 */
function stdioOf(given, ignored) {
  const { stdin, stdout, stderr, stdio, input, inputFile } = given;
  const nothing = stdin ?? stdout ?? stderr ?? stdio;
  if (nothing === undefined && input === undefined && inputFile === undefined) {
    return { stdio: ignored ? ALL_IGNORED : ALL_PIPED, inputs: ONE_INPUT };
  }
  const values = stdio === undefined ? [stdin, stdout, stderr] : positions(given);
  const inputs = [];
  const lists = values.map((value, fd) => {
    const name = stdio === undefined ? `options.${NAMES[fd]}` : `options.stdio[${fd}]`;
    const { targets, isInput } = targetsOf(value, fd, name, ignored);
    inputs.push(isInput);
    return targets;
  });
  lists[0] = withInput(lists[0], values[0] ?? undefined, given);
  refuseOneFileBothWays(lists, inputs);
  return { stdio: Object.freeze(lists), inputs: Object.freeze(inputs) };
}

/** options.stdio as one value for each fd. */
function positions(given) {
  for (const name of NAMES) {
    if (given[name] !== undefined) {
      throw new ERR_INVALID_ARG_VALUE('options.stdio', given.stdio, `cannot be used with 'options.${name}'`);
    }
  }
  const { stdio } = given;
  if (typeof stdio === 'string') return [stdio, stdio, stdio];
  if (!Array.isArray(stdio)) throw new ERR_INVALID_ARG_TYPE('options.stdio', ['string', 'Array'], stdio);
  return Array.from({ length: Math.max(3, stdio.length) }, (_, fd) => stdio[fd]);
}

function targetsOf(value, fd, name, ignored) {
  if (value === undefined || value === null) return { targets: fd < 3 && !ignored ? PIPED : IGNORED, isInput: fd === 0 };
  const wrapped = fd > 2 && isPlain(value) && Object.hasOwn(value, 'input');
  const inner = wrapped ? value.value : value;
  const list = Array.isArray(inner) ? inner : [inner];
  if (list.length === 0) throw new ERR_INVALID_ARG_VALUE(name, value, 'must not be an empty array');
  const targets = distinct(list.map((one, i) => targetOf(one ?? (fd < 3 ? 'pipe' : 'ignore'), list.length > 1 ? `${name}[${i}]` : name)));
  refuseIgnoreWithOthers(targets, name, value);
  const isInput = fd === 0 || (fd > 2 && (wrapped ? value.input === true : targets.some(({ direction }) => direction === 'in')));
  refuseWrongWay(targets, isInput, name, value);
  return { targets: shared(targets), isInput };
}

/** A word that is given twice means it once. */
function distinct(targets) {
  return targets.filter((target, i) => targets.findIndex((other) => same(other, target)) === i);
}

function same(a, b) {
  return a === b || (a.kind === b.kind && a.value !== undefined && a.value === b.value);
}

function shared(targets) {
  if (targets.length > 1) return Object.freeze(targets);
  if (targets[0] === PIPE) return PIPED;
  if (targets[0] === INHERIT) return INHERITED;
  return targets[0] === IGNORE ? IGNORED : Object.freeze(targets);
}

function refuseIgnoreWithOthers(targets, name, value) {
  if (targets.length > 1 && targets.includes(IGNORE)) {
    throw new ERR_INVALID_ARG_VALUE(name, value, "cannot hold 'ignore' and other values");
  }
}

function refuseWrongWay(targets, isInput, name, value) {
  const wrong = isInput ? 'out' : 'in';
  if (!targets.some(({ direction }) => direction === wrong)) return;
  const reason = isInput ? 'cannot be written to: it is an input' : 'cannot be read from: it is an output';
  throw new ERR_INVALID_ARG_VALUE(name, value, reason);
}

/** `input`, then `inputFile`, behind what stdin has; in place of the parent's stdin, and of a pipe that nobody asked for. */
function withInput(targets, stdin, { input, inputFile }) {
  const added = [];
  if (input !== undefined) added.push(inputTarget(input));
  if (inputFile !== undefined) added.push({ __proto__: null, kind: 'file', value: inputFile, append: false, direction: 'in' });
  if (added.length === 0) return targets;
  const name = input === undefined ? 'inputFile' : 'input';
  if (targets === IGNORED && stdin !== undefined) {
    throw new ERR_INVALID_ARG_VALUE(`options.${name}`, input ?? inputFile, "cannot be used with stdin: 'ignore'");
  }
  return Object.freeze(stdin === undefined || targets === INHERITED ? added : [...targets, ...added]);
}

function inputTarget(value) {
  if (typeof value === 'string') return { __proto__: null, kind: 'string', value, direction: 'in' };
  if (value !== null && typeof value === 'object') {
    if (types.isArrayBufferView(value)) return { __proto__: null, kind: 'bytes', value: bytesOf(value), direction: 'in' };
    if (types.isAnyArrayBuffer(value) || value.pipe || value.getReader || value[Symbol.iterator] || value[Symbol.asyncIterator]) {
      const target = targetOf(value, 'options.input');
      if (target.direction !== 'out') return target;
    }
  }
  const expected = ['string', 'Uint8Array', 'Readable', 'ReadableStream', 'an iterable'];
  throw new ERR_INVALID_ARG_TYPE('options.input', expected, value);
}

/** It would be empty before it is read. */
function refuseOneFileBothWays(lists, inputs) {
  const read = new Set();
  lists.forEach((targets, fd) => {
    if (inputs[fd]) for (const { kind, value } of targets) if (kind === 'file') read.add(value);
  });
  if (read.size === 0) return;
  lists.forEach((targets, fd) => {
    const both = !inputs[fd] && targets.find(({ kind, value }) => kind === 'file' && read.has(value));
    if (both)
      throw new ERR_INVALID_ARG_VALUE(`options.${NAMES[fd] ?? `stdio[${fd}]`}`, both.value, 'is the file that the input comes from');
  });
}

module.exports = { stdioOf, ONE_INPUT };
