'use strict';
// Memory that a fork must take along: Buffers, every page written. (V8's own heap is kept out of forks by MADV_DONTFORK.)

const os = require('node:os');

const MB = 1024 * 1024;

function ballast(wanted) {
  const megabytes = Math.min(wanted, Math.floor(os.freemem() / MB / 4));
  const chunks = Array.from({ length: Math.ceil(megabytes / 16) }, () => Buffer.alloc(16 * MB, 1));
  return {
    megabytes: chunks.length * 16,
    release() {
      chunks.length = 0;
    },
  };
}

module.exports = { ballast };
