'use strict';
// Finds and loads the addon, at first use and not before: requiring this package opens no library.
//
// Looked for first beside package.json (a local build), then in the package for this platform, which npm installs as an
// optional dependency. A library that is there but cannot be loaded (another glibc, --no-addons) is never passed over.

const path = require('path');
const { platformTriple } = require('./platform');

let addon;

/** The addon; native.d.ts says what is in it. */
function native() {
  return (addon ??= load());
}

function load() {
  const triple = platformTriple();
  if (triple === null) throw noAddon(`No addon is made for ${process.platform} ${process.arch}.`);
  const packaged = `@x/procs-${triple}`;
  const misses = [];
  for (const request of [path.join(__dirname, '..', `procs.${triple}.node`), packaged]) {
    const found = tryLoad(request, triple, misses);
    if (found !== undefined) return found;
  }
  throw noAddon(
    `The addon for ${triple} is not installed: there is no package ${packaged}, and no local build beside package.json. ` +
      'Install again with optional dependencies (npm install, without --omit=optional), or build it here (npm run build).',
    misses[0],
  );
}

/** undefined when it is not there. */
function tryLoad(request, triple, misses) {
  try {
    return require(request);
  } catch (error) {
    // Only the absence of what was asked for: when something that it requires is missing, the message names that.
    if (error.code === 'MODULE_NOT_FOUND' && error.message.includes(`'${request}'`)) {
      misses.unshift(error);
      return undefined;
    }
    throw noAddon(`The addon for ${triple} is there, but cannot be loaded from ${request}: ${error.message}`, error);
  }
}

function noAddon(message, cause) {
  const error = new Error(message, cause && { __proto__: null, cause });
  error.code = 'ERR_PROCS_NO_ADDON';
  return error;
}

module.exports = { native };
