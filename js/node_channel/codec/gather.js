'use strict';

/** Bytes after which gathered messages are written: as much as Node's reading end takes in one read. */
module.exports = { GATHER: 64 * 1024 };
