'use strict';
// What most workers need late or never. A worker is up some milliseconds earlier without it.

let errors;
let names;
let frames;

module.exports = {
  get errors() {
    return (errors ??= require('../errors'));
  },
  get names() {
    return (names ??= require('../task-name'));
  },
  /** Values that are more than JSON, and errors. */
  get frames() {
    return (frames ??= require('../ipc')[Symbol.for('@x/procs.inside')]().frames);
  },
  prepare,
};

/** All of it, while there is nothing else to do: a program may be out of descriptors when it has an error to tell of. */
function prepare() {
  const all = module.exports;
  const { bytesOf, decode, describe, encode, openFrame, Parcel, revive } = all.frames;
  all.frames.prepareEncode();
  return [all.errors, all.names, bytesOf, decode, describe, encode, openFrame, Parcel, revive];
}
