'use strict';

const { ERR_INVALID_ARG_TYPE, integer, isPlain, string } = require('./checks');
const { unknownOption } = require('./unknown');

const SIZE = integer(1, 65_535);
const CHECKS = { __proto__: null, cols: SIZE, rows: SIZE, term: string };
const DEFAULTS = { __proto__: null, cols: 80, rows: 24, term: 'xterm-256color' };

/** @returns {Readonly<{ cols: number, rows: number, term: string }> | null} null: no terminal */
function pty(value, name) {
  if (value === false) return null;
  if (value !== true && !isPlain(value)) throw new ERR_INVALID_ARG_TYPE(name, ['boolean', 'Object'], value);
  const given = value === true ? {} : value;
  const terminal = { ...DEFAULTS };
  for (const key of Object.keys(given)) {
    if (CHECKS[key] === undefined) throw unknownOption(`pty.${key}`, given[key], [], 'run');
    if (given[key] !== undefined) terminal[key] = CHECKS[key](given[key], `${name}.${key}`);
  }
  return Object.freeze(terminal);
}

module.exports = { pty };
