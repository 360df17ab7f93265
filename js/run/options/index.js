'use strict';
// From what a caller gives to what can be started: every check happens here, before anything is.

const { settingsOf, checkOptions } = require('./settings');
const { commandOf } = require('./command');
const { callOf, fileOf, argsOf } = require('./call');
const { mergeOptions } = require('./merge');

module.exports = { settingsOf, checkOptions, commandOf, callOf, fileOf, argsOf, mergeOptions };
