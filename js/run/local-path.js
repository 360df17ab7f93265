'use strict';
// PATH with the programs that npm installs for a project before all others.

const path = require('path');

/**
 * @param {string | undefined} before PATH as it is
 * @param {string[]} folders where the search begins: node_modules/.bin of each, and of all folders above it
 * @param {string | undefined} ofNode the folder of the Node that the child runs in, so that `node` means the same there
 */
function localPath(before, folders, ofNode) {
  const present = before === undefined || before === '' ? [] : before.split(path.delimiter);
  const added = folders.flatMap(binariesAbove);
  if (ofNode !== undefined) added.push(ofNode);
  const fresh = [...new Set(added)].filter((one) => !present.includes(one));
  return [...fresh, ...present].join(path.delimiter);
}

function binariesAbove(folder) {
  const found = [];
  for (let at = folder; ; at = path.dirname(at)) {
    found.push(path.join(at, 'node_modules', '.bin'));
    if (path.dirname(at) === at) return found;
  }
}

module.exports = { localPath };
