'use strict';
// Options that are one value for all of the child's streams, or an object with one for each: { stdout: true, fd3: false }.

const { ERR_INVALID_ARG_VALUE, isPlain } = require('./checks');

const NAMED = { __proto__: null, stdout: 1, stderr: 2 };
const NUMBERED = /^fd([1-9]\d*)$/;

/**
 * @typedef {((fd: number | 'all') => any) & { fds: number[] }} ByFd gives the value for a stream. fds: those that were named
 */

/**
 * @param {(value: any, name: string) => any} check of one value
 * @param {any} fallback where nothing is said
 * @param {(a: any, b: any) => any} together what the values of stdout and stderr make for `all`
 * @returns {{ parse: (value: any, name: string) => ByFd, fallback: ByFd }}
 */
function fdForm(check, fallback, together) {
  const forAll = together(fallback, fallback);
  return {
    fallback: byFd((fd) => (fd === 'all' ? forAll : fallback)),
    parse(value, name) {
      if (!isPlain(value)) return same(check(value, name), together);
      const values = read(value, name, check, fallback);
      const of = (fd) => (fd in values ? values[fd] : values.others);
      return byFd((fd) => (fd === 'all' ? together(of(1), of(2)) : of(fd)), fdsOf(values));
    },
  };
}

function same(value, together) {
  const forAll = together(value, value);
  return byFd((fd) => (fd === 'all' ? forAll : value));
}

function byFd(of, fds = []) {
  return Object.assign(of, { fds });
}

/** From the weakest to the strongest: all, fd1, stdout. */
function read(object, name, check, fallback) {
  const values = { __proto__: null, others: fallback };
  const keys = Object.keys(object).filter((key) => object[key] !== undefined);
  for (const key of keys) refuseUnknown(key, `${name}.${key}`, object[key]);
  if (keys.includes('all')) values.others = check(object.all, `${name}.all`);
  for (const key of keys.filter((one) => NUMBERED.test(one))) values[NUMBERED.exec(key)[1]] = check(object[key], `${name}.${key}`);
  for (const key of keys.filter((one) => one in NAMED)) values[NAMED[key]] = check(object[key], `${name}.${key}`);
  return values;
}

function refuseUnknown(key, name, value) {
  if (key === 'all' || key in NAMED || NUMBERED.test(key)) return;
  throw new ERR_INVALID_ARG_VALUE(name, value, "must be one of: 'stdout', 'stderr', 'all', 'fd3', 'fd4' and so on");
}

function fdsOf(values) {
  return Object.keys(values)
    .filter((key) => key !== 'others')
    .map(Number);
}

/** A stream that is not opened has no lines: that is a mistake, and not nothing. */
function refuseUnopened(of, name, count) {
  const missing = of.fds.find((fd) => fd >= count);
  if (missing === undefined) return;
  throw new ERR_INVALID_ARG_VALUE(`${name}.fd${missing}`, of(missing), 'is for a file descriptor that options.stdio does not open');
}

module.exports = { fdForm, refuseUnopened };
