'use strict';
// How children of run() end before they end by themselves.

const { Ending } = require('./ending');
const { methods } = require('./methods');
const { shutdown } = require('./shutdown');
const { treeGone } = require('./tree-gone');

module.exports = { Ending, methods, treeGone, shutdown };
