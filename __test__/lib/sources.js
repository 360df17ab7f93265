'use strict';
// The project's own files, for tests about the project.

const fs = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '../..');

/** Paths below `folder`, relative to the project, '/' between. */
function filesBelow(folder, ending) {
  return (
    fs
      .readdirSync(path.join(root, folder), { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
      .map((entry) =>
        path
          .relative(root, path.join(entry.parentPath ?? entry.path, entry.name))
          .split(path.sep)
          .join('/'),
      )
      // Packages that the benches compare with, where somebody has installed them.
      .filter((file) => !file.includes('node_modules/'))
      .sort()
  );
}

function read(file) {
  return fs.readFileSync(path.join(root, file), 'utf8');
}

/** Lines with their numbers, `file:n`, for messages that lead to the place. */
function numberedLines(file) {
  return read(file)
    .split('\n')
    .map((text, index) => ({ text, at: `${file}:${index + 1}` }));
}

module.exports = { root, filesBelow, read, numberedLines };
