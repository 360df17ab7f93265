'use strict';
// Real input that every clone has: this project's own sources.

const fs = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '../..');
const FOLDERS = ['src', 'js', '__test__', 'bench', 'docs', 'examples', 'npm', '.ci'];

function sourceFiles() {
  return FOLDERS.flatMap((folder) =>
    fs
      .readdirSync(path.join(root, folder), { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile() && /\.(rs|js|mjs|c|md|d\.ts|json)$/.test(entry.name))
      .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name)),
  ).sort();
}

module.exports = { root, sourceFiles };
