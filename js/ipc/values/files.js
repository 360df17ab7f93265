'use strict';
// Blob and File.

const { NativeBlob, getOwnPropertyDescriptor, uncurryThis } = require('./intrinsics');
const { File } = require('node:buffer');

const nameOf = uncurryThis(getOwnPropertyDescriptor(File.prototype, 'name').get);
const lastModifiedOf = uncurryThis(getOwnPropertyDescriptor(File.prototype, 'lastModified').get);

/** @returns {{name: string, lastModified: number} | null} null: a Blob that is no File */
function readFile(blob) {
  try {
    return { name: nameOf(blob), lastModified: lastModifiedOf(blob) };
  } catch {
    return null;
  }
}

const makeBlob = (bytes, type) => new NativeBlob([bytes], { __proto__: null, type });

const makeFile = (bytes, name, type, lastModified) => new File([bytes], name, { __proto__: null, type, lastModified });

module.exports = { makeBlob, makeFile, readFile };
