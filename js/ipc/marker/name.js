'use strict';
// From an id to the name of its file.

const { Buffer } = require('node:buffer');
const path = require('node:path');
const { codes } = require('../../errors');
const { validatePath, validateString } = require('../../validate');

const SUFFIX = '.done';
/** What file systems allow, in bytes. */
const LONGEST_NAME = 255;
const LONGEST_ID = LONGEST_NAME - SUFFIX.length;

/** @returns {string} absolute, so that a later process.chdir() does not move it */
function folderOf(dir) {
  return path.resolve(validatePath(dir, 'dir'));
}

/** An id comes from a peer more often than not: it must not lead out of the folder. */
function nameOf(id) {
  validateString(id, 'id');
  const refuse = (reason) => {
    throw new codes.ERR_INVALID_ARG_VALUE('id', id, reason);
  };
  if (id === '' || id === '.' || id === '..') refuse('must be a name');
  if (/[/\\\0]/.test(id)) refuse('must not contain path separators or null bytes');
  if (!id.isWellFormed()) refuse('must be well-formed Unicode, since it becomes the name of a file');
  if (Buffer.byteLength(id) > LONGEST_ID) refuse(`must not be longer than ${LONGEST_ID} bytes`);
  return id + SUFFIX;
}

module.exports = { folderOf, nameOf };
