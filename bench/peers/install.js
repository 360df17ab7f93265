'use strict';
// Installs what the benches compare with, into bench/node_modules. Never run by npm test or npm install.

const path = require('node:path');
const { spawnSync } = require('node:child_process');

// Pinned, so that a figure can be taken again. Two of execa: version 10 does not run on Node 20.
const PEERS = [
  'execa@9.6.1',
  'execa10@npm:execa@10.2.1',
  'tinyexec@1.3.1',
  'zx@8.8.5',
  'tinypool@2.2.0',
  'workerpool@10.0.3',
  'jest-worker@30.5.1',
  'poolifier@5.3.2',
  'piscina@5.3.2',
];
// The prefix, or npm would install where the next package.json above is.
const FLAGS = ['--prefix', path.join(__dirname, '..'), '--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund'];

const { error, status } = spawnSync('npm', ['install', ...FLAGS, ...PEERS], { stdio: 'inherit' });
if (error) throw error;
process.exitCode = status ?? 1;
