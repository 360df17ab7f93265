'use strict';
// Memory that several processes share, for as long as each of them likes.

const { SharedMemory, adopt } = require('./shared-memory');

module.exports = { SharedMemory, adopt };
