'use strict';
// What runSync() has collected, in the form the caller has asked for.

const { formOf, valueOfBytes } = require('../output');

/** @returns {any[]} by fd; undefined where nothing belongs into the result */
function valuesOf(output, connections, settings, overflowFd) {
  return settings.stdio.map((_, fd) => {
    const isKept = !settings.isInput(fd) && connections.isKept(fd);
    if (!isKept) return undefined;
    return valueOfBytes(output?.[fd] ?? Buffer.alloc(0), formOf(settings, fd), overflowFd === fd);
  });
}

/**
 * stdout and stderr in the order in which they came.
 * @param {Uint32Array} order pairs of fd and length
 */
function allOf(output, order, connections, settings, overflowFd) {
  const both = [1, 2].filter((fd) => connections.isKept(fd));
  if (both.length === 0) return undefined;
  const parts = [];
  const at = [0, 0, 0];
  for (let i = 0; i < order.length; i += 2) {
    const fd = order[i];
    if (both.includes(fd)) parts.push(output[fd].subarray(at[fd], at[fd] + order[i + 1]));
    if (fd <= 2) at[fd] += order[i + 1];
  }
  return valueOfBytes(Buffer.concat(parts), formOf(settings, 'all'), overflowFd !== -1);
}

module.exports = { valuesOf, allOf };
