'use strict';
// What structuredClone carries, as JSON with tags and as segments beside it: see "Values" in docs/protocol.md.

const { decode } = require('./decode');
const { Encoded } = require('./any');
const { encode } = require('./encode');
const { deserialize, segmentMarks, serialize } = require('./frame');

module.exports = { Encoded, decode, deserialize, encode, segmentMarks, serialize };
