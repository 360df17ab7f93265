'use strict';
// Packages that are compared with and never depended on: bench/peers/install.js puts them into bench/node_modules. A machine without
// them is no error: the figures that need one say that they were skipped.

const fs = require('node:fs');
const path = require('node:path');
const { createRequire } = require('node:module');

/** Where `node_modules` with the peers is. */
const FOLDER = process.env.PROCS_BENCH_PEERS ?? path.join(__dirname, '..');

/** Of "^18.19.0 || >=20.5.0" the 18: ranges are looked at no closer than that. */
function oldestMajor(range) {
  return Math.min(...range.split('||').map((part) => Number.parseInt(part.replace(/^\D+/, ''), 10)));
}

/**
 * @param {string} name as it is called in peers/install.js
 * @param {number} major of the Node that is to load it
 * @returns {{ path: string } | { skipped: string }}
 */
function peer(name, major) {
  let manifest;
  try {
    manifest = JSON.parse(fs.readFileSync(path.join(FOLDER, 'node_modules', name, 'package.json'), 'utf8'));
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return { skipped: 'not installed: node bench/peers/install.js' };
  }
  const needed = manifest.engines?.node;
  if (needed !== undefined && major < oldestMajor(needed)) return { skipped: `${manifest.name} ${manifest.version} wants Node ${needed}` };
  return { path: createRequire(path.join(FOLDER, 'from-here.js')).resolve(name) };
}

module.exports = { peer };
