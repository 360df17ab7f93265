'use strict';
// The running Node's major version: the wording of some errors, and a few behaviours, follow it.

module.exports = { major: Number.parseInt(process.versions.node, 10) };
