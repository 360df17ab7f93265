'use strict';
// Commands whose neighbours are joined by kernel pipes.

const { pipeline } = require('./call');
const { Command } = require('./command');
const { methods } = require('./pipe');
const { Pipeline } = require('./pipeline');

module.exports = { pipeline, methods, Command, Pipeline };
