'use strict';
// What a pool needs before its workers are started. It is loaded with the first one: who imports all names of the package may never make a pool.

let parts = null;

function prepare() {
  if (parts !== null) return parts;
  const { Circuit } = require('./circuit');
  const { circuitOpen, isUnsent } = require('./errors');
  const { refuseLate } = require('./exit');
  const { openEngine } = require('./launch');
  const { changes, poolOptions, shownOptions } = require('./options');
  const { refuseUnknown } = require('./unknown-option');
  const { validateBoolean, validateInteger, validateNumber, validateObject } = require('../validate');
  parts = {
    Circuit,
    changes,
    circuitOpen,
    isUnsent,
    openEngine,
    poolOptions,
    refuseLate,
    refuseUnknown,
    shownOptions,
    validateBoolean,
    validateInteger,
    validateNumber,
    validateObject,
  };
  return parts;
}

module.exports = { prepare };
