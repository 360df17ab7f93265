'use strict';
// How two neighbours are joined.
//
// Two commands: by a kernel pipe. When one of them runs already, by its own socket, which the other gets in place of a pipe. Only when
// both run, or when a stream of one is already in somebody's hands, bytes have to be carried from one to the other.

const { Readable } = require('stream');
const { giveAway } = require('../output');
const { STATE } = require('../state');
const { fdsOf } = require('./ends');
const { Inlet } = require('./inlet');
const { pump } = require('./pump');
const { makeRoomy } = require('./roomy');
const { notBuffered } = require('./settings');
const { compose } = require('./transform');

/**
 * @typedef {object} Link
 * @property {Map<number, object[]>} outgoing targets of the left one, before it is started
 * @property {object} [changes] of the left one's settings
 * @property {() => boolean} [hasLeft] whether a function between them wanted no more
 * @property {(left: object) => object[] | null} incoming called once the left one runs; targets of the right one, null when it runs already
 */

const NOTHING = new Map();

/** @returns {Link} */
function linkOf(left, steps, right, fds) {
  if (steps.length > 0) return throughJavaScript(left, steps, right);
  if (left.subprocess !== undefined) return fromRunning(left, right, fds);
  return right.subprocess === undefined ? byPipe(left, fds) : intoRunning(left, right, fds);
}

function byPipe(left, fds) {
  const { reading, writing } = fds.pipe();
  return {
    __proto__: null,
    outgoing: outputs(left, writing),
    incoming(writer) {
      makeRoomy(reading, writer);
      return [fdTarget(reading)];
    },
  };
}

function intoRunning(left, right, fds) {
  const given = giveAway(right.subprocess, right.to);
  if (given === null) return throughJavaScript(left, [], right);
  return { __proto__: null, outgoing: outputs(left, fds.adopt(given.fd)), incoming: () => null };
}

function fromRunning(left, right, fds) {
  if (right.subprocess !== undefined) {
    return {
      outgoing: NOTHING,
      incoming() {
        carry(left, [Inlet.of(right.subprocess, right.to)]);
        return null;
      },
    };
  }
  const given = left.from === 'all' ? null : outputOf(left, left.from);
  if (given !== null) fds.adopt(given.fd);
  if (given !== null && given.head === null) {
    return { __proto__: null, outgoing: NOTHING, incoming: () => [fdTarget(given.fd)] };
  }
  const { reading, writing } = fds.pipe();
  return {
    __proto__: null,
    outgoing: NOTHING,
    incoming() {
      const inlet = Inlet.ofFd(fds.release(writing));
      if (given === null) carry({ ...left, given: left.from === 'all' ? undefined : null }, [inlet]);
      else pump({ __proto__: null, ...given, fd: fds.release(given.fd) }, [inlet]);
      return [fdTarget(reading)];
    },
  };
}

/** From one that runs. One that has ended gives nothing any more. */
function carry(left, inlets, isParted = false) {
  const { outputs } = left.subprocess[STATE];
  return fdsOf(left.from).map((fd) => pump(outputOf(left, fd) ?? outputs[fd]?.stream() ?? Readable.from([]), inlets, isParted));
}

/** undefined: nobody has taken it yet. null: it cannot be taken. */
function outputOf({ subprocess, given }, fd) {
  return given === undefined ? giveAway(subprocess, fd) : given;
}

function throughJavaScript(left, steps, right) {
  let source;
  return {
    __proto__: null,
    outgoing: NOTHING,
    hasLeft: () => source.destroyed && !source.readableEnded,
    changes: left.subprocess === undefined ? flowing(left) : undefined,
    incoming(subprocess) {
      source = outputStream(subprocess, left.from);
      const output = compose(source, steps);
      if (right.subprocess === undefined) return [iterableTarget(output, source)];
      pump(typeof output.pipe === 'function' ? output : readableOf(output, right.subprocess), [Inlet.of(right.subprocess, right.to)]);
      return null;
    },
  };
}

/** What a function throws is the failure of the command that it was to feed. */
function readableOf(output, subprocess) {
  return Readable.from(output, { __proto__: null, objectMode: true }).once('error', (error) => subprocess[STATE].fail(error));
}

/** When the command reads no further the source is left at once, also while a function waits for it. */
function iterableTarget(output, source) {
  const value = {
    __proto__: null,
    [Symbol.asyncIterator]() {
      const iterator = output[Symbol.asyncIterator]();
      return {
        __proto__: null,
        next: () => iterator.next(),
        return() {
          source.destroy();
          return iterator.return();
        },
      };
    },
  };
  return { __proto__: null, kind: 'iterable', value, direction: 'in' };
}

function outputStream(subprocess, from) {
  return from === 'all' ? subprocess.all : subprocess[STATE].outputs[from].stream();
}

/** What flows on through JavaScript is not kept for the result as well. */
function flowing({ settings, from }) {
  return { buffer: notBuffered(settings, fdsOf(from)), all: settings.all || from === 'all' };
}

function outputs({ from }, fd) {
  return new Map(fdsOf(from).map((output) => [output, [fdTarget(fd)]]));
}

function fdTarget(fd) {
  return { __proto__: null, kind: 'fd', value: fd, direction: undefined };
}

module.exports = { NOTHING, carry, fdTarget, flowing, linkOf, outputStream };
