'use strict';
// What most workers need late or never. A worker is up some milliseconds earlier without it.

module.exports = {
  get errors() {
    return require('../errors');
  },
  get names() {
    return require('../task-name');
  },
  /** Values that are more than JSON, and errors. */
  get frames() {
    return require('../ipc')[Symbol.for('@x/procs.inside')]().frames;
  },
  prepare,
};

/** All of it, while there is nothing else to do: a program may be out of descriptors when it has an error to tell of. */
function prepare() {
  const { errors, names, frames } = module.exports;
  const { bytesOf, decode, describe, encode, openFrame, Parcel, revive } = frames;
  return [errors, names, bytesOf, decode, describe, encode, openFrame, Parcel, revive];
}
