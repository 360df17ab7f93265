'use strict';

const { STATE } = require('../state');

/**
 * For waitFor: 'tree'.
 * @returns {{ promise: Promise<void>, close(): void }} settles when no process is left that `subprocess` has started; close() gives up waiting
 */
function treeGone(subprocess) {
  let close;
  const promise = new Promise((resolve) => {
    close = subprocess[STATE].ending.aim.onTreeGone(resolve);
  });
  return { promise, close };
}

module.exports = { treeGone };
