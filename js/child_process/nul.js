'use strict';
// NUL ends a C string, so one inside an argument would cut it off, or smuggle in another: the addon gets arguments and
// environment as one string each, separated by NUL.

const errors = require('../errors');

const NUL = '\0';

/** Values that are not strings are checked when they have become one. */
function refuseNul(value, name) {
  if (typeof value === 'string' && value.includes(NUL)) {
    throw new errors.codes.ERR_INVALID_ARG_VALUE(name, value, 'must be a string without null bytes');
  }
}

function refuseNuls(values, name) {
  for (let i = 0; i < values.length; i++) {
    if (typeof values[i] === 'string' && values[i].includes(NUL)) refuseNul(values[i], `${name}[${i}]`);
  }
}

/** The form in which the addon takes a list of strings. */
function joinStrings(values, name) {
  let joined = '';
  for (let i = 0; i < values.length; i++) {
    const text = `${values[i]}`;
    if (text.includes(NUL)) refuseNul(text, `${name}[${i}]`);
    joined = i === 0 ? text : `${joined}\0${text}`;
  }
  return joined;
}

module.exports = { refuseNul, refuseNuls, joinStrings };
