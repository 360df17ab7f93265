'use strict';
// What a pool starts: `node entry.js`. It loads what a worker needs from its first moment on.
//
// Not by Node's own require(), which asks the file system several times about each file and the package that it is in: by that a worker would be up
// some milliseconds later. These files need nothing of it, and nobody else has to see them: what the program of the worker requires of this package
// are copies of its own, and copies know each other (see ./state, ../reactor, ../inherited-channel). What is loaded later is loaded as ever.

const { readFileSync } = require('node:fs');
const path = require('node:path');
const { compileFunction } = require('node:vm');

const PARAMETERS = ['exports', 'require', 'module', '__filename', '__dirname'];

const loaded = new Map();
let isStarting = true;

function load(filename) {
  const known = loaded.get(filename);
  if (known !== undefined) return known.exports;
  const module = { exports: {} };
  loaded.set(filename, module);
  const text = readFileSync(filename, 'utf8');
  if (filename.endsWith('.json')) {
    module.exports = JSON.parse(text);
  } else {
    const folder = path.dirname(filename);
    const run = compileFunction(text, PARAMETERS, { __proto__: null, filename });
    run.call(module.exports, module.exports, requireFrom(folder), module, filename, folder);
  }
  return module.exports;
}

/** Of a file in this folder. Those in here name each other without the ending, and no folders. */
function requireFrom(folder) {
  return (request) => {
    if (!request.startsWith('.')) return require(request);
    const filename = path.join(folder, request);
    if (!isStarting) return require(filename);
    return load(filename.endsWith('.json') ? filename : `${filename}.js`);
  };
}

load(path.join(__dirname, 'start.js'));
isStarting = false;
