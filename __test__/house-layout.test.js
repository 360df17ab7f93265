'use strict';
// One word per capability, and a top level that can be read at a glance.

const fs = require('node:fs');
const { root } = require('./lib/sources.js');

const ALLOWED = [
  'CHANGELOG.md',
  'Cargo.lock',
  'Cargo.toml',
  'LICENSE',
  'README.md',
  '__test__',
  'bench',
  'build.rs',
  'clients',
  'docs',
  'examples',
  'index.d.ts',
  'js',
  'npm',
  'package-lock.json',
  'package.json',
  'src',
];
// Made by building and installing, and ignored by git.
const MADE = /^(node_modules|target|.*\.node|.*\.tgz)$/;

test('the top level is exactly what the house allows, and dot files', () => {
  const present = fs.readdirSync(root).filter((name) => !name.startsWith('.') && !MADE.test(name));
  expect(present.sort()).toEqual(ALLOWED);
});

test('what is made is not committed', () => {
  const ignored = fs.readFileSync(`${root}/.gitignore`, 'utf8').split('\n');
  expect(ignored).toEqual(expect.arrayContaining(['node_modules/', 'target/', '/*.node']));
});
