'use strict';
// What js/child_process shows to this folder only, or why there is nothing.

const childProcess = require('../child_process');
const { unusable, whyUnusable } = require('../unusable');

const INSIDE = Symbol.for('@x/procs.inside');

if (childProcess[INSIDE] === undefined) throw unusable(whyUnusable());

module.exports = childProcess[INSIDE]();
