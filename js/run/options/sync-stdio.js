'use strict';
// What runSync() can connect: what is there as a whole, or what the kernel reads and writes by itself.

const { ERR_INVALID_ARG_VALUE } = require('./checks');

const INPUTS = ['pipe', 'inherit', 'ignore', 'fd', 'file', 'bytes', 'string', 'iterable'];
const OUTPUTS = ['pipe', 'inherit', 'ignore', 'fd', 'file'];
const NAMES = ['stdin', 'stdout', 'stderr'];

/** @returns {import('./target').Target[][]} streams that have an fd have become fds */
function syncStdio(stdio, inputs, given, name) {
  return stdio.map((targets, fd) => {
    const option = given.stdio === undefined ? NAMES[fd] : `stdio[${fd}]`;
    const refuse = (reason) => {
      throw new ERR_INVALID_ARG_VALUE(`options.${option}`, given[given.stdio === undefined ? option : 'stdio'] ?? given.input, reason);
    };
    if (inputs[fd] && fd > 2 && targets.some(({ kind }) => kind === 'bytes' || kind === 'iterable')) {
      refuse(`cannot be an input of ${name}(): only stdin can`);
    }
    return targets.map((target) => {
      const known = withFd(target, targets.length === 1);
      if (!(inputs[fd] ? INPUTS : OUTPUTS).includes(known.kind) || isAsync(known)) {
        refuse(`cannot be a stream or an async iterable with ${name}()`);
      }
      return known;
    });
  });
}

function withFd(target, alone) {
  if (target.kind !== 'nodeStream' || !alone || typeof target.value.fd !== 'number') return target;
  return { __proto__: null, kind: 'fd', value: target.value.fd, owner: target.value, direction: target.direction };
}

function isAsync({ kind, value }) {
  return kind === 'iterable' && value[Symbol.iterator] === undefined;
}

module.exports = { syncStdio };
