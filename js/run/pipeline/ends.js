'use strict';
// The child's fds that are joined: 'stdout' is 1, and which of them a step has.

const errors = require('../../errors');

const OUTPUT = /^(?:stdout|stderr|all|fd([1-9]\d*))$/;
const INPUT = /^(?:stdin|fd(0|[1-9]\d*))$/;

/** @returns {number | 'all'} */
function outputFd(from = 'stdout', name = 'options.from') {
  const match = typeof from === 'string' ? OUTPUT.exec(from) : null;
  if (match === null)
    throw new errors.codes.ERR_INVALID_ARG_VALUE(name, from, "must be one of: 'stdout', 'stderr', 'all', 'fd3', 'fd4', …");
  if (match[1] !== undefined) return Number(match[1]);
  return from === 'all' ? 'all' : from === 'stdout' ? 1 : 2;
}

/** @returns {number} */
function inputFd(to = 'stdin', name = 'options.to') {
  const match = typeof to === 'string' ? INPUT.exec(to) : null;
  if (match === null) throw new errors.codes.ERR_INVALID_ARG_VALUE(name, to, "must be one of: 'stdin', 'fd3', 'fd4', …");
  return match[1] === undefined ? 0 : Number(match[1]);
}

/** The fds of a child behind one name. */
function fdsOf(output) {
  return output === 'all' ? [1, 2] : [output];
}

function nameOf(fd) {
  return ['stdin', 'stdout', 'stderr'][fd] ?? `stdio[${fd}]`;
}

/** Joined fds are the pipeline's to set. 'inherit' is what `$` gives stdin when nobody asked for anything. */
function refuseTaken(settings, fd, where, joined) {
  const targets = settings.stdio[fd] ?? [];
  const free =
    targets.length === 0 ? fd > 2 : targets.length === 1 && (targets[0].kind === 'pipe' || (fd === 0 && targets[0].kind === 'inherit'));
  if (free) return;
  const value = targets.length === 1 ? (targets[0].value ?? targets[0].kind) : targets.map(({ kind }) => kind);
  throw new errors.codes.ERR_INVALID_ARG_VALUE(`${where}.options.${nameOf(fd)}`, value, `cannot be set: ${joined}`);
}

module.exports = { outputFd, inputFd, fdsOf, refuseTaken };
