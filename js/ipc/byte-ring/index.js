'use strict';
// Bytes from one process to another through memory that both see.

const { ByteRing } = require('./byte-ring');

module.exports = { ByteRing };
