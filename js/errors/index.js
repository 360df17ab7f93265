'use strict';
// Node's own errors, for whoever has to throw what child_process throws.
//
// Loaded with what throws them and not when they are thrown: one of them says that there is no fd left to open a file with.

const { codes } = require('./codes');
const { ErrnoException, AbortError, genericNodeError } = require('./exceptions');

module.exports = { codes, ErrnoException, AbortError, genericNodeError };
